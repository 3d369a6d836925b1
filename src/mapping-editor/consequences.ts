/** PURE. What publishing a mapping would change. */
import { type Difference, differences } from '../config/differences.ts';
import { canonicalValue } from '../mapping/write-policy.ts';
import { isBlank } from '../mapping/convert.ts';
import { type MappedField, mappedFieldNames } from '../model/lead.ts';
import type { MappingDefinition, OutRule } from '../model/mapping.ts';
import type { ReadByBoth } from './preview.ts';

export interface FieldConsequence {
  readonly object: string;
  readonly to: MappedField;
  /** Records of the object that were looked at. */
  readonly records: number;
  /** Records that would say something else. */
  readonly changed: number;
  /** Records that would say something where they say nothing now. */
  readonly gained: number;
  readonly lost: number;
}

interface Written {
  readonly object: string;
  readonly from: string;
  readonly to: string;
}

export interface Consequences {
  readonly differences: readonly Difference[];
  readonly fields: readonly FieldConsequence[];
  /** Leads that were scored with both. */
  readonly leads: number;
  readonly scoresChanged: number;
  readonly becomeQualified: number;
  readonly noLongerQualified: number;
  readonly startsWriting: readonly Written[];
  readonly stopsWriting: readonly Written[];
  /** A pass that reads with another mapping asks for other fields, and starts anew. */
  readonly readsAgain: boolean;
}

export function consequencesOf(
  before: MappingDefinition,
  after: MappingDefinition,
  read: readonly ReadByBoth[],
): Consequences {
  const found = differences(before, after);
  const leads = leadConsequences(read);
  const any = (test: (one: ReadByBoth) => boolean): number => leads.filter((records) => records.some(test)).length;
  const [wrote, writes] = [writtenBy(before), writtenBy(after)];
  return {
    differences: found,
    fields: fieldConsequences(read),
    leads: leads.length,
    scoresChanged: any(({ now, draft }) => now?.total !== draft?.total),
    becomeQualified: any(({ now, draft }) => !qualifies(now) && qualifies(draft)),
    noLongerQualified: any(({ now, draft }) => qualifies(now) && !qualifies(draft)),
    startsWriting: missingFrom(writes, wrote),
    stopsWriting: missingFrom(wrote, writes),
    readsAgain: found.length > 0,
  };
}

function qualifies(one: ReadByBoth['now']): boolean {
  return one !== null && one.mqlBy.length > 0;
}

/** By lead: a person may be met by a record of their own and by that of their company. */
function leadConsequences(read: readonly ReadByBoth[]): readonly (readonly ReadByBoth[])[] {
  const scored = read.filter(({ now }) => now !== null);
  return [...Map.groupBy(scored, ({ of }) => of.lead?.leadId).values()];
}

function fieldConsequences(read: readonly ReadByBoth[]): readonly FieldConsequence[] {
  const byObject = Map.groupBy(read, ({ of }) => of.record.object);
  return [...byObject].flatMap(([object, records]) =>
    mappedFieldNames
      .map((to): FieldConsequence => {
        const counts = { changed: 0, gained: 0, lost: 0 };
        for (const record of records) {
          const kind = changeOf(record, to);
          if (kind !== null) counts[kind] += 1;
        }
        return { object, to, records: records.length, ...counts };
      })
      .filter(({ changed, gained, lost }) => changed + gained + lost > 0),
  );
}

function changeOf({ before, after }: ReadByBoth, to: MappedField): 'changed' | 'gained' | 'lost' | null {
  const [was, is] = [before?.[to] ?? null, after?.[to] ?? null];
  if (canonicalValue(was) === canonicalValue(is)) return null;
  if (isBlank(was)) return 'gained';
  return isBlank(is) ? 'lost' : 'changed';
}

function writtenBy({ objects }: MappingDefinition): readonly Written[] {
  const isWritten = ({ write }: OutRule): boolean => write !== 'never';
  return Object.entries(objects).flatMap(([object, { out }]) =>
    out.filter(isWritten).map(({ from, to }) => ({ object, from, to })),
  );
}

function missingFrom(these: readonly Written[], those: readonly Written[]): readonly Written[] {
  const key = ({ object, from, to }: Written): string => [object, from, to].join('\n');
  const known = new Set(those.map(key));
  return these.filter((one) => !known.has(key(one)));
}
