import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { completePull, completePush, completeQuota, defaultTimezone } from '../../../src/config/defaults.ts';
import { didYouMean } from '../../../src/config/problems.ts';
import { inRuleSchema, outRuleSchema } from '../../../src/config/schema-mapping.ts';
import { configFileSchema } from '../../../src/config/schema.ts';
import { ruleDefaults } from '../../../src/mapping/parse.ts';

/** The defaults that the schema tells people, by key. */
function defaultsOf(schema: { properties: object }): Record<string, unknown> {
  const entries = Object.entries(schema.properties) as [string, { default?: unknown; properties?: object }][];
  return Object.fromEntries(
    entries
      .map(
        ([key, child]) =>
          [key, child.properties === undefined ? child.default : defaultsOf({ properties: child.properties })] as const,
      )
      .filter(([, value]) => value !== undefined),
  );
}

describe('the schema', () => {
  const connection = configFileSchema.properties.orgs.items.properties.connections.items.properties;

  it('tells the defaults that are used', () => {
    expect(completeQuota()).toMatchObject(defaultsOf(connection.quota));
    expect(completePush()).toMatchObject(defaultsOf(connection.push));
    expect(completePull()).toMatchObject(defaultsOf(connection.pull));
    expect(connection.timezone).toMatchObject({ default: defaultTimezone });
    expect(ruleDefaults).toMatchObject({ ...defaultsOf(inRuleSchema), ...defaultsOf(outRuleSchema) });
  });

  it('that editors use is the current one', () => {
    const {
      $schema: _,
      title: __,
      ...schema
    } = JSON.parse(readFileSync('config/leadloop.schema.json', 'utf8')) as Record<string, unknown>;
    expect(schema).toEqual(JSON.parse(JSON.stringify(configFileSchema)));
  });
});

describe('did you mean', () => {
  it.each([
    ['basUrl', 'baseUrl'],
    ['scheduel', 'schedule'],
    ['BASEURL', 'baseUrl'],
    ['colour', null],
  ])('%s → %s', (word, meant) => {
    expect(didYouMean(word, ['name', 'kind', 'baseUrl', 'schedule'])).toBe(meant);
  });
});
