import { Type } from 'typebox';

export const strict = { additionalProperties: false };

/** Fields of a fault order that every menu knows. */
export const FAULT_FIELDS = {
  name: Type.String(),
  path: Type.Optional(Type.String()),
  method: Type.Optional(Type.String()),
  count: Type.Optional(Type.Integer({ minimum: 1 })),
  after: Type.Optional(Type.Integer({ minimum: 0 })),
  probability: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  seed: Type.Optional(Type.Integer()),
  ms: Type.Optional(Type.Integer({ minimum: 0 })),
  row: Type.Optional(Type.Integer({ minimum: 0 })),
};

export const ClockMove = Type.Object({ advanceMs: Type.Integer({ minimum: 0 }) }, strict);
