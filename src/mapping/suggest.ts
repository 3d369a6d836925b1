import { companyFields, type MappedField, mappedFieldNames, mappedFields } from '../model/lead.ts';
import type { InRule, MappingDefinition, Transform } from '../model/mapping.ts';
import type { FieldSchema, ObjectKind } from '../model/records.ts';
import { isReadableAs } from './check.ts';
import { ruleDefaults } from './parse.ts';

/** A rule that is offered, and why. */
export interface Suggestion {
  readonly rule: InRule;
  /** `default`: the connector maps it so where nothing is configured. */
  readonly because: 'default' | 'name' | 'label';
}

export interface SuggestionBasis {
  readonly object: string;
  readonly kind: ObjectKind;
  /** What the CRM has. */
  readonly fields: readonly FieldSchema[];
  /** What is mapped already. */
  readonly mapped: readonly InRule[];
  readonly defaultMapping: MappingDefinition;
}

/**
 * Rules for the fields of ours that nothing fills yet: as the connector would, else by a field of the CRM whose name or label says the
 * same. Each field of the CRM is offered once.
 */
export function suggestRules(basis: SuggestionBasis): readonly Suggestion[] {
  const { object, kind, fields, mapped, defaultMapping } = basis;
  const filled = new Set(mapped.map(({ to }) => to));
  const open = mappedFieldNames.filter((name) => !filled.has(name) && (kind === 'company' || !isOfCompany(name)));
  const taken = new Set(mapped.flatMap(({ from }) => from));
  const known = new Set(fields.map(({ name }) => name));
  const found: Suggestion[] = [];
  for (const to of open) {
    const usual = defaultMapping.objects[object]?.in.find((rule) => rule.to === to);
    const from = usual?.from.filter((name) => known.has(name)) ?? [];
    if (usual === undefined || from.length === 0) continue;
    from.forEach((name) => taken.add(name));
    found.push({ rule: { ...usual, from }, because: 'default' });
  }
  for (const to of open) {
    // A total of the CRM beside our own count would count twice; that is no guess to make.
    if (found.some(({ rule }) => rule.to === to) || 'counter' in mappedFields[to]) continue;
    const match = bestMatch(to, fields, taken);
    if (match === null) continue;
    taken.add(match.field.name);
    found.push({ rule: ruleFor(to, match.field), because: match.because });
  }
  return found;
}

function isOfCompany(field: MappedField): boolean {
  return Object.hasOwn(companyFields, field);
}

interface Match {
  readonly field: FieldSchema;
  readonly because: 'name' | 'label';
  readonly likeness: number;
}

/** Of names that share half of their words, one is a guess too many. */
const leastLikeness = 0.75;

function bestMatch(to: MappedField, fields: readonly FieldSchema[], taken: ReadonlySet<string>): Match | null {
  const meanings = [to.replaceAll('_', ' '), ...(alsoCalled[to] ?? [])];
  const matches = fields
    .filter(({ name, type }) => !taken.has(name) && isReadableAs(to, type))
    .flatMap((field): Match[] => [
      { field, because: 'name', likeness: likeness(meanings, field.name) },
      { field, because: 'label', likeness: likeness(meanings, field.label) },
    ])
    .filter((match) => match.likeness >= leastLikeness);
  return matches.toSorted((a, b) => b.likeness - a.likeness)[0] ?? null;
}

function likeness(meanings: readonly string[], name: string): number {
  const words = wordsOf(name);
  return Math.max(...meanings.map((meaning) => overlap(wordsOf(meaning), words)));
}

/** Shared words among all, or whole where they are the same without the gaps. */
function overlap(left: readonly string[], right: readonly string[]): number {
  if (left.length === 0 || right.length === 0) return 0;
  if (left.join('') === right.join('')) return 1;
  const shared = left.filter((word) => right.includes(word)).length;
  return (2 * shared) / (left.length + right.length);
}

/** `StudentCount__c` → student, count */
export function wordsOf(name: string): readonly string[] {
  return name
    .replace(/__c$/iu, '')
    .replaceAll(/([a-z])([A-Z])/gu, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/u)
    .filter((word) => word !== '');
}

function ruleFor(to: MappedField, field: FieldSchema): InRule {
  return { ...ruleDefaults, from: [field.name], to, transform: transformsFor(to, field) };
}

function transformsFor(to: MappedField, { type }: FieldSchema): readonly Transform[] {
  if (to === 'state' || to === 'company_domain') return [{ name: to === 'state' ? 'state' : 'domain' }];
  const ours = mappedFields[to].type;
  if (ours === 'integer') return [{ name: 'integer' }];
  if (ours === 'email') return [{ name: 'trim' }, { name: 'lower' }];
  return type === 'text' && ours === 'text' ? [{ name: 'trim' }] : [];
}

// DATA: what else the CRMs and their admins call these.
const alsoCalled: { readonly [F in MappedField]?: readonly string[] } = {
  name: ['full name', 'contact name'],
  email: ['email address', 'e mail', 'work email'],
  company_name: ['company', 'organisation', 'organization', 'account name', 'school district', 'district name'],
  title: ['job title', 'position', 'role'],
  state: ['state region', 'region', 'mailing state', 'billing state', 'state code'],
  enrollment: ['student count', 'number of students', 'students', 'district enrollment', 'total enrollment', 'pupils'],
  source: ['lead source', 'original source'],
  source_detail: ['lead source detail', 'original source drill down'],
  owner: ['owner id', 'contact owner', 'lead owner'],
  employee_count: ['number of employees', 'employees', 'headcount', 'company size', 'staff count'],
  industry: ['sector', 'vertical'],
  company_domain: ['domain', 'website', 'company domain name', 'website url'],
  company_type: ['type', 'account type'],
  employee_range: ['employees range', 'company size range'],
  funding_stage: ['funding round', 'stage of funding', 'last funding round'],
  total_funding_usd: ['total funding', 'total money raised', 'funding raised'],
  tech_stack: ['technologies', 'technology stack', 'web technologies'],
  linkedin_url: ['linkedin', 'linkedin company page', 'linkedin profile'],
};
