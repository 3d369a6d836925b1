import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { connectors } from '../../../connectors/index.ts';
import { context, load } from './support.ts';

/** The event rules that a document shows. */
function examplesIn(path: string): readonly { readonly object: string }[] {
  const blocks = readFileSync(path, 'utf8').matchAll(/```yaml\n(events:[\s\S]*?)```/g);
  return [...blocks].flatMap(
    ([, text = '']) => (parse(text) as { readonly events: { readonly object: string }[] }).events,
  );
}

test.each(['docs/configuration.md', 'connectors/salesforce/README.md'])('the examples of %s load', async (path) => {
  const examples = examplesIn(path);
  const loaded: unknown[] = [];
  for (const { kind, objects } of connectors) {
    const events = examples.filter((rule) => objects.some(({ object }) => object === rule.object));
    const file = { orgs: [{ slug: 'acme', connections: [{ name: kind, kind, mapping: { events } }] }] };
    const settings = await load({ 'leadloop.yaml': stringify(file) }, { ...context, connectors });
    loaded.push(...(settings.orgs[0]?.connections[0]?.mapping?.events ?? []));
  }
  expect(examples.length).toBeGreaterThan(3);
  expect(loaded).toHaveLength(examples.length);
});

test('the manual lists the texts of each connector', () => {
  const manual = readFileSync('docs/configuration.md', 'utf8');
  for (const { label, objects } of connectors) {
    for (const { object, eventTexts } of objects.filter((one) => one.eventTexts.length > 0)) {
      const fields = eventTexts.map((text) => `\`${text}\``).join(', ');
      expect(manual).toContain(`| ${label} | \`${object}\` | ${fields} |`);
    }
  }
});
