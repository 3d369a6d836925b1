/** Forms that several routes take. */
import { Type } from 'typebox';

export const emailForm = Type.String({
  minLength: 3,
  maxLength: 254,
  pattern: '^[^\\s@]+@[^\\s@]+$',
  description: 'An e-mail address.',
  examples: ['ada@acme.example'],
});

export const slugForm = Type.String({
  pattern: '^[a-z0-9][a-z0-9-]{0,62}$',
  description: 'Lower-case letters, digits and hyphens.',
  examples: ['acme'],
});

export const personForm = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S', examples: ['Ada Lovelace'] });

export const roleForm = Type.Enum(['viewer', 'operator', 'admin'], {
  description: 'A viewer looks, an operator also runs and stops, an admin also configures.',
});

/** Dates are texts in JSON. */
export const instant = Type.String({ format: 'date-time' });

export const inOrg = Type.Object({ org: slugForm });

export const pageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50, description: 'Rows of a page.' })),
  after: Type.Optional(Type.String({ maxLength: 500, description: 'The `next` of the page before.' })),
};

export const nextPage = Type.Union([Type.String(), Type.Null()], {
  description: 'Of the next page: `after`. Null = there is none.',
});
