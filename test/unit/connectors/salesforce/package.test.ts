import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultMapping, ownedFields } from '../../../../connectors/salesforce/default-mapping.ts';
import { definitionOf } from '../../../../connectors/salesforce/fields.ts';
import { apiVersion } from '../../../../connectors/salesforce/limits.ts';

// What an administrator deploys and what leadloop makes itself must never differ.

const root = 'connectors/salesforce/package';
const main = 'force-app/main/default';
const files = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(root, join(entry.parentPath, entry.name)));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
/** The text of every element of this name, in order. */
const all = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`, 'g'))].map(([, text = '']) => text);
const owned = Object.entries(ownedFields).flatMap(([object, fields]) => fields.map((field) => ({ object, field })));
const permissions = (name: string): Map<string, string> =>
  new Map(
    all(read(`${main}/permissionsets/${name}.permissionset-meta.xml`), 'fieldPermissions').map((one) => [
      all(one, 'field')[0] ?? '',
      `${all(one, 'readable')[0]} ${all(one, 'editable')[0]}`,
    ]),
  );

describe('the Salesforce package', () => {
  test('has each field that leadloop would make, as it would make it, and no other', () => {
    const paths = files.filter((path) => path.endsWith('.field-meta.xml'));
    expect(paths.sort()).toEqual(
      owned.map(({ object, field }) => `${main}/objects/${object}/fields/${field.name}.field-meta.xml`).sort(),
    );
    for (const { object, field } of owned) {
      const xml = read(`${main}/objects/${object}/fields/${field.name}.field-meta.xml`);
      const simple = Object.entries(definitionOf(field)).filter(([, value]) => typeof value !== 'object');
      expect(all(xml, 'fullName')[0]).toBe(field.name);
      for (const [name, value] of simple) expect([name, all(xml, name)[0]]).toEqual([name, String(value)]);
      const values = all(xml, 'value').map((value) => all(value, 'fullName')[0]);
      expect(values).toEqual(field.options);
      // It would break other integrations, and a checkbox cannot have it at all.
      expect(xml).not.toContain('<required>');
    }
  });

  test('lets the integration user write our fields and read what the default mapping reads', () => {
    const granted = permissions('Leadloop_Integration');
    for (const { object, field } of owned) expect(granted.get(`${object}.${field.name}`)).toBe('true true');
    // Compound fields are granted as a whole; these are nobody’s to hide.
    const governed: Readonly<Record<string, string>> = { State: 'Address', MailingState: 'MailingAddress' };
    const always = ['Name', 'FirstName', 'LastName', 'OwnerId', 'Company', 'Status', 'IsConverted', 'state'];
    const wanted = Object.entries(defaultMapping.objects).flatMap(([object, { in: rules }]) =>
      rules
        .flatMap(({ from }) => from)
        .filter((name) => !always.includes(name))
        .map((name) => `${object}.${governed[name] ?? name}`),
    );
    expect(wanted.filter((name) => granted.get(name) !== 'true false')).toEqual([]);
  });

  test('shows sales our fields, and lets them write none', () => {
    const granted = permissions('Leadloop_Viewer');
    expect([...granted.keys()].sort()).toEqual(owned.map(({ object, field }) => `${object}.${field.name}`).sort());
    expect(new Set(granted.values())).toEqual(new Set(['true false']));
  });

  test('carries our fields from a lead to its contact, in a folder of its own', () => {
    const path = files.filter((file) => file.includes('LeadConvertSettings'));
    expect(path).toHaveLength(1);
    expect(path[0]).toMatch(/^lead-conversion\//);
    const xml = read(path[0] ?? '');
    const names = (ownedFields['Lead'] ?? []).map(({ name }) => name);
    expect(all(xml, 'inputField')).toEqual(names);
    expect(all(xml, 'outputField')).toEqual(names);
    expect(all(xml, 'objectMapping')).toHaveLength(1);
  });

  test('is a project of the version that leadloop speaks, and has list views over fields that exist', () => {
    expect(JSON.parse(read('sfdx-project.json'))).toMatchObject({
      packageDirectories: [{ path: 'force-app', default: true }, { path: 'lead-conversion' }],
      sourceApiVersion: apiVersion,
    });
    const views = files.filter((path) => path.endsWith('.listView-meta.xml'));
    expect(views).toHaveLength(3);
    const names = owned.map(({ field }) => field.name);
    for (const path of views) {
      const xml = read(path);
      const ours = [...all(xml, 'columns'), ...all(xml, 'field')].filter((name) => name.endsWith('__c'));
      expect(ours).not.toEqual([]);
      expect(ours.filter((name) => !names.includes(name))).toEqual([]);
    }
  });
});
