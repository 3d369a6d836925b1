import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { consent } from '../../../../connectors/hubspot/consent.ts';

const app = { settings: {}, baseUrl: null, values: { clientId: 'an-app', clientSecret: 'its-secret' } };
const request = { redirectUri: 'https://leads.acme.example/oauth/callback', state: 'acme.1.x', challenge: 'c' };

test('it asks for the scopes that the manual tells to register, and for no other', () => {
  const { searchParams } = new URL(consent.authorizeUrl(app, request));
  const asked = `${searchParams.get('scope')} ${searchParams.get('optional_scope')}`.split(' ');
  const manual = readFileSync('connectors/hubspot/README.md', 'utf8');
  const rows = manual.split('\n').filter((line) => /^\| `(?:crm|oauth|forms|sales|content)/u.test(line));
  const told = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/gu)].map(([, scope]) => scope));
  expect(new Set(asked)).toEqual(new Set(told));
});
