import type { CheckFinding, PushCapability } from 'leadloop/connector-sdk';
import { ownedFields } from '../default-mapping.ts';
import type { Describe } from './describing.ts';
import { objects, type SalesforceObject } from '../objects.ts';
import { deployRemedy, permissionSet } from '../permissions.ts';
import type { WireDescribe } from '../wire.ts';

/** Fields that only a feature brings: their absence says nothing. */
const ofFeatures = new Set(['WhoCount', 'IsPersonAccount']);

/** What can be read and written of each object. */
export async function objectFindings(describe: Describe): Promise<readonly CheckFinding[]> {
  const findings = await Promise.all(objects.map((object) => findingsOf(object, describe)));
  return findings.flat();
}

async function findingsOf(object: SalesforceObject, describe: Describe): Promise<readonly CheckFinding[]> {
  const { object: name, optional, push } = object;
  const described = await describe(name);
  const subject = `object ${name}`;
  if (described === null || described.queryable === false) {
    const remedy = `Give the integration user Read and View All on ${name}, by the permission set ${permissionSet.Name}.`;
    return [
      optional
        ? { level: 'warning', subject, message: `${name} is left out: it cannot be read, or is not there.`, remedy }
        : { level: 'failure', subject, message: `${name} cannot be read.`, remedy },
    ];
  }
  return [
    { level: 'ok', subject, message: `${name} can be read.`, remedy: '' },
    ...hiddenFindings(object, described),
    ...(await parentFindings(object, described, describe)),
    ...(push === null ? [] : [writeFinding(described, push), fieldsFinding(described)]),
  ];
}

/** Fields that we read whatever the mapping says. Hidden ones are left out of every query, in silence. */
function hiddenFindings({ object, ownFields }: SalesforceObject, { fields }: WireDescribe): readonly CheckFinding[] {
  const visible = new Set(fields.map(({ name }) => name));
  const hidden = ownFields.filter((field) => !visible.has(field) && !ofFeatures.has(field));
  if (hidden.length === 0) return [];
  return [
    {
      level: 'warning',
      subject: `fields ${object}`,
      message: `Hidden on ${object}: ${hidden.join(', ')}. What they say is not counted.`,
      remedy: `Give the integration user Read on these fields, by the permission set ${permissionSet.Name}.`,
    },
  ];
}

/** Salesforce refuses the whole query for a hidden field of a parent. */
async function parentFindings(
  { object, parentFields }: SalesforceObject,
  { fields }: WireDescribe,
  describe: Describe,
): Promise<readonly CheckFinding[]> {
  const hidden: string[] = [];
  for (const path of parentFields) {
    const [relation = '', field] = path.split('.');
    const parent = fields.find(({ name }) => name === `${relation}Id`)?.referenceTo?.[0];
    const described = parent === undefined ? null : await describe(parent);
    if (described !== null && !described.fields.some(({ name }) => name === field)) hidden.push(path);
  }
  if (hidden.length === 0) return [];
  return [
    {
      level: 'failure',
      subject: `fields ${object}`,
      message: `Hidden, and without it ${object} cannot be read: ${hidden.join(', ')}.`,
      remedy: `Give the integration user Read on ${hidden.join(', ')}, by the permission set ${permissionSet.Name}.`,
    },
  ];
}

function writeFinding({ name, updateable }: WireDescribe, { optional }: PushCapability): CheckFinding {
  const subject = `write ${name}`;
  if (updateable !== false) return { level: 'ok', subject, message: `${name} can be written.`, remedy: '' };
  const remedy = `Give the integration user Edit on ${name}, by the permission set ${permissionSet.Name}.`;
  return optional
    ? { level: 'warning', subject, message: `${name} is not written: Edit is missing. Everything else is.`, remedy }
    : { level: 'failure', subject, message: `${name} cannot be written.`, remedy };
}

/** A field that is hidden looks exactly like one that is not there. */
function fieldsFinding({ name, fields }: WireDescribe): CheckFinding {
  const visible = new Map(fields.map((field) => [field.name, field]));
  const owned = (ownedFields[name] ?? []).map((field) => field.name);
  const missing = owned.filter((field) => !visible.has(field));
  const readOnly = owned.filter((field) => visible.get(field)?.updateable === false);
  const subject = `our fields ${name}`;
  if (missing.length > 0) {
    const message = `Not there, or hidden, on ${name}: ${missing.join(', ')}.`;
    return { level: 'warning', subject, message, remedy: deployRemedy };
  }
  if (readOnly.length > 0) {
    const message = `Cannot be written on ${name}: ${readOnly.join(', ')}.`;
    const remedy = `Give the integration user Edit on these fields, by the permission set ${permissionSet.Name}.`;
    return { level: 'warning', subject, message, remedy };
  }
  return { level: 'ok', subject, message: `All fields that leadloop writes are on ${name}.`, remedy: '' };
}
