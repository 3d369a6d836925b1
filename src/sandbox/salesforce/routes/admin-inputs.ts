import { Type, type Static, type TSchema } from 'typebox';
import { Check } from 'typebox/value';
import { FAULT_FIELDS, strict } from '../../server/admin-inputs.ts';
import { VendorError } from '../errors.ts';
import type { FaultOrder } from '../faults/faults.ts';
import { FAULT_MENU, isFaultName } from '../faults/menu.ts';

const FaultBody = Type.Object(
  {
    ...FAULT_FIELDS,
    rows: Type.Optional(Type.Integer({ minimum: 1 })),
    field: Type.Optional(Type.String()),
    object: Type.Optional(Type.String()),
    code: Type.Optional(Type.String()),
  },
  strict,
);

const Cells = Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]));

export const NewRecord = Type.Object({ object: Type.String(), values: Cells }, strict);
export const RecordEdit = Type.Object(
  {
    values: Cells,
    /** `user` moves both stamps, `automation` SystemModstamp alone, `silent` neither. */
    as: Type.Optional(Type.Union([Type.Literal('user'), Type.Literal('automation'), Type.Literal('silent')])),
  },
  strict,
);
export const Conversion = Type.Object(
  {
    leadId: Type.String(),
    contactId: Type.Optional(Type.String()),
    accountId: Type.Optional(Type.String()),
    opportunity: Type.Optional(Type.Boolean()),
  },
  strict,
);
export const Merge = Type.Object(
  { winner: Type.String(), losers: Type.Array(Type.String(), { minItems: 1, maxItems: 2 }) },
  strict,
);
export const BulkTouch = Type.Object(
  {
    object: Type.String(),
    count: Type.Integer({ minimum: 1 }),
    /** Milliseconds; default now. */
    at: Type.Optional(Type.Integer({ minimum: 1 })),
  },
  strict,
);
export const PendingWrites = Type.Object(
  {
    writes: Type.Array(Type.Object({ object: Type.String(), id: Type.Optional(Type.String()), values: Cells }, strict)),
  },
  strict,
);
export const LockOrder = Type.Object(
  { ids: Type.Array(Type.String()), times: Type.Optional(Type.Integer({ minimum: 1 })) },
  strict,
);
export const RuleBody = Type.Object(
  { object: Type.String(), where: Type.String(), message: Type.String(), field: Type.Optional(Type.String()) },
  strict,
);
export const Settings = Type.Object(
  {
    duplicates: Type.Optional(Type.Union([Type.Literal('alert'), Type.Literal('block'), Type.Literal('off')])),
    /** Calls other integrations made in the last 24 hours. */
    usedByOthers: Type.Optional(Type.Integer({ minimum: 0 })),
    limitInfo: Type.Optional(Type.Union([Type.Literal('plain'), Type.Literal('bursts'), Type.Literal('per-app')])),
    bulkPageRows: Type.Optional(Type.Integer({ minimum: 1 })),
    bulkPolls: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  strict,
);
export function usage(message: string): VendorError {
  return new VendorError(400, { status: 'error', message });
}

/** The admin API is ours, not the vendor's: it says exactly what is wrong. */
export function readBody<T extends TSchema>(schema: T, body: unknown): Static<T> {
  if (!Check(schema, body)) throw usage(`Body does not fit ${JSON.stringify(schema)}`);
  return body;
}

export function readFaultOrder(body: unknown): FaultOrder {
  const { name, ...rest } = readBody(FaultBody, body);
  if (!isFaultName(name)) throw usage(`No fault ${name}; the menu has ${Object.keys(FAULT_MENU).join(', ')}`);
  if (name === 'field-hidden' && rest.field === undefined)
    throw usage('field-hidden needs `field`, such as Lead.Phone');
  if (name === 'object-read-only' && rest.object === undefined)
    throw usage('object-read-only needs `object`, such as Account');
  return { name, ...rest };
}
