import { type Static, Type } from 'typebox';
import { instant, slugForm } from '../forms.ts';

const scopes = Type.Array(Type.Enum(['ingest', 'read', 'operate', 'admin']), {
  minItems: 1,
  uniqueItems: true,
  description: 'What it may do. Admin includes operate, operate includes read; ingest stands alone.',
});
const maybeInstant = Type.Union([instant, Type.Null()]);

export const apiToken = Type.Object(
  {
    name: Type.String(),
    scopes,
    createdAt: instant,
    expiresAt: maybeInstant,
    revokedAt: maybeInstant,
    lastUsedAt: maybeInstant,
  },
  { $id: 'ApiToken', title: 'API token', additionalProperties: false },
);
export type ApiToken = Static<typeof apiToken>;

export const tokenList = Type.Object({ tokens: Type.Array(Type.Ref('ApiToken#')) }, { additionalProperties: false });
export interface TokenList {
  readonly tokens: readonly ApiToken[];
}

export const tokenWish = Type.Object(
  {
    name: slugForm,
    scopes,
    days: Type.Union([Type.Integer({ minimum: 1, maximum: 3650 }), Type.Null()], {
      description: 'How long it holds. Null = until it is revoked.',
    }),
  },
  { additionalProperties: false },
);
export type TokenForm = Static<typeof tokenWish>;

export const issuedToken = Type.Object(
  { name: Type.String(), token: Type.String({ description: 'It is told only now.' }), scopes, expiresAt: maybeInstant },
  { $id: 'IssuedToken', title: 'Issued token', additionalProperties: false },
);
export type IssuedToken = Static<typeof issuedToken>;
