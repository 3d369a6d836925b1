import type { OutputField } from '../../model/lead.ts';
import { html, type Html } from '../html.ts';
import type { CrmField, CrmRecord } from '../page-reader.ts';
import { instant, shown, table } from './format.ts';

/** The fields that a line of the table has room for. */
const brief: readonly OutputField[] = ['lead_score', 'tier', 'status'];

/**
 * What the CRM answers for one lead, and whether it is what we want: one line for each of its records, which says whose it is
 * where there are several CRMs.
 */
export function renderBrief(records: readonly CrmRecord[], isNamed: boolean): Html {
  if (records.length === 0) return html`<span class="quiet">nothing is written for this lead</span>`;
  return html`${records.map((record) => {
    const fields = brief.flatMap((of) => record.fields.filter((field) => field.of === of));
    const values = fields.map(({ has }, index) => html`${index === 0 ? '' : ' · '}${shown(has)}`);
    const { connection, object } = record;
    const name = isNamed ? html`<span class="quiet">${connection} ${object}</span><br />` : '';
    return html`<div>${name}${values} ${mark(record)}</div>`;
  })}`;
}

/** In words as well as in colour. */
function mark(record: CrmRecord): Html {
  const { state, fields, isReadBack } = record;
  const differing = fields.filter(({ agrees }) => !agrees).length;
  if (state === 'dead') return html`<span class="mark bad">✕ refused by the CRM</span>`;
  if (state !== 'settled') return html`<span class="mark warn">… a write is waiting</span>`;
  if (!isReadBack) return html`<span class="mark quiet">? not read back</span>`;
  if (differing === 0) return html`<span class="mark good">✓ agrees</span>`;
  return html`<span class="mark warn">≠ ${differing} of ${fields.length} differ</span>`;
}

/** When the values were read, or why they were not. */
export function renderReadBack({
  readAt,
  problem,
}: {
  readonly readAt: Date | null;
  readonly problem: string | null;
}): Html {
  if (problem !== null) {
    return html`<p class="note bad">
      The values of the CRM could not be read back, so what it had when we last met it is shown: ${problem}
    </p>`;
  }
  return readAt === null ? html`` : html`<p class="quiet">Values of the CRM as it answered at ${instant(readAt)}.</p>`;
}

/** Field by field: what we want, what the CRM has. */
export function renderRecord(record: CrmRecord, index: number): Html {
  const { connection, object, externalId, lastError, fields } = record;
  const columns = [{ label: 'Field' }, { label: 'We want' }, { label: 'The CRM has' }, { label: '' }];
  const body = html`<tbody>
    ${fields.map(renderField)}
  </tbody>`;
  return html`<h3>${connection}: ${object} ${externalId} ${mark(record)}</h3>
    ${lastError === null ? '' : html`<p class="note bad">${lastError}</p>`}
    ${table(`crm-${index}`, `Values written to ${object} ${externalId}`, columns, body)}`;
}

function renderField({ name, wanted, has, agrees }: CrmField): Html {
  return html`<tr>
    <th scope="row">${name}</th>
    <td>${shown(wanted)}</td>
    <td>${shown(has)}</td>
    <td>${agrees ? html`<span class="mark good">✓ agrees</span>` : html`<span class="mark warn">≠ differs</span>`}</td>
  </tr>`;
}
