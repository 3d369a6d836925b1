import { Type, type Static, type TSchema } from 'typebox';
import { Check } from 'typebox/value';
import { FAULT_FIELDS, strict } from '../../server/admin-inputs.ts';
import { VendorError } from '../errors.ts';
import { FAULT_MENU, isFaultName } from '../faults/menu.ts';
import type { FaultOrder } from '../faults/faults.ts';

const FaultBody = Type.Object(
  {
    ...FAULT_FIELDS,
    retryAfter: Type.Optional(Type.Integer({ minimum: 0 })),
    scope: Type.Optional(Type.String()),
    property: Type.Optional(Type.String()),
  },
  strict,
);

export const ContactEdit = Type.Object(
  {
    properties: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
    /** false: change values without moving the modification time, as calculated properties do. */
    bump: Type.Optional(Type.Boolean()),
  },
  strict,
);

export const BulkTouch = Type.Object(
  {
    count: Type.Integer({ minimum: 1 }),
    /** Milliseconds; default now. */
    at: Type.Optional(Type.Integer({ minimum: 1 })),
  },
  strict,
);

function usage(message: string): VendorError {
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
  if (name === 'unknown-property' && rest.property === undefined) throw usage('unknown-property needs `property`');
  return { name, ...rest };
}
