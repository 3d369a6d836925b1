import { type Static, Type } from 'typebox';
import { instant, nextPage, pageQuery } from '../forms.ts';

const side = Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]);

export const auditEntry = Type.Object(
  {
    id: Type.Integer(),
    at: instant,
    actor: Type.String({ description: '`cli`, an address, or `token:NAME`.' }),
    action: Type.String({ examples: ['mapping.update'] }),
    subject: Type.String({ description: 'The name of what was changed.' }),
    before: side,
    after: side,
  },
  { $id: 'AuditEntry', title: 'Audit entry', additionalProperties: false },
);
export type AuditEntry = Static<typeof auditEntry>;

export const auditQuery = Type.Object(
  {
    ...pageQuery,
    about: Type.Optional(
      Type.String({
        pattern: '^[a-z]{1,40}$',
        description: 'Such as mapping, profile or member.',
        examples: ['token'],
      }),
    ),
  },
  { additionalProperties: false },
);

export const auditPage = Type.Object(
  { entries: Type.Array(Type.Ref('AuditEntry#')), next: nextPage },
  { additionalProperties: false },
);
export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  readonly next: string | null;
}
