import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { connectors } from '../../../connectors/index.ts';
import { context, load, problemsOf } from './support.ts';

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

test('a rule that looks where nothing is, is named at its place, whatever its field is called', async () => {
  const lines = [
    'orgs:',
    '  - slug: acme',
    '    connections:',
    '      - name: crm',
    '        kind: salesforce',
    '        mapping:',
    '          events:',
    '            - { object: CampaignMember, contains: { Campaign.Type: webinar }, type: content_download }',
    '            - { object: CampaignMember, contains: { Campaign.Typ: webinar }, type: content_download }',
    '            - { object: Tasks, type: call }',
  ];
  const problems = await problemsOf({ 'leadloop.yaml': `${lines.join('\n')}\n` }, { ...context, connectors });
  expect(problems.map(({ line, message }) => [line, message])).toEqual([
    [9, 'CampaignMember has no text "Campaign.Typ" for rules'],
    [10, 'no event rule applies to "Tasks"'],
  ]);
  expect(problems.map(({ remedy }) => remedy.split('?')[0])).toEqual([
    'Did you mean "Campaign.Type"',
    'Did you mean "Task"',
  ]);
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
