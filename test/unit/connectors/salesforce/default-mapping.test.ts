import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { defaultMapping, ownedFields } from '../../../../connectors/salesforce/default-mapping.ts';
import { objects } from '../../../../connectors/salesforce/objects.ts';
import { loadMapping } from '../../../../src/config/load-mapping.ts';
import { readSource } from '../../../../src/config/source.ts';
import { validateMapping } from '../../../../src/mapping/validate.ts';

test('the default mapping is valid, and writes only fields that we create', () => {
  expect(validateMapping(defaultMapping, new Map(objects.map(({ object, kind }) => [object, kind])))).toEqual([]);
  for (const [object, { out }] of Object.entries(defaultMapping.objects)) {
    const owned = (ownedFields[object] ?? []).map(({ name }) => name);
    expect(owned.sort()).toEqual(out.map(({ to }) => to).sort());
  }
});

test('config/mappings/salesforce.yaml says the same', async () => {
  const file = resolve(import.meta.dirname, '../../../../config/leadloop.yaml');
  const source = await readSource(file);
  const reading = { source, problems: [], malformed: [], connectors: [], defaultProfiles: [] };
  expect(await loadMapping('mappings/salesforce.yaml', [], { reading, connector: null })).toEqual(defaultMapping);
  expect(reading.problems).toEqual([]);
});
