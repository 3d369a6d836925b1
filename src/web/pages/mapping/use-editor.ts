import { useState } from 'react';
import type {
  EventRuleForm,
  InRuleForm,
  MappingAnswer,
  MappingForm,
  OutRuleForm,
} from '../../../http/api/mapping/schemas.ts';

/** What an edit begins from: a change is sent as one of this, whatever has come from the server since. */
export interface Base {
  readonly definition: MappingForm;
  /** In force. */
  readonly version: number;
  /** The version that the draft was begun from. */
  readonly basedOn: number;
  /** Of the draft; 0 = there is none. */
  readonly revision: number;
}

type ObjectRules = MappingForm['objects'][string];

export interface Editor {
  readonly definition: MappingForm;
  /** While nothing is edited: what is kept now. */
  readonly base: Base;
  /** Something is not saved. */
  readonly isDirty: boolean;
  /** Differs from what is in force. */
  readonly isChanged: boolean;
  readonly setIn: (object: string, rules: readonly InRuleForm[]) => void;
  readonly setOut: (object: string, rules: readonly OutRuleForm[]) => void;
  readonly setCounter: (counter: string, source: 'crm' | 'events') => void;
  readonly setEvents: (rules: readonly EventRuleForm[]) => void;
  /** This was kept as a draft; what was edited since goes on from it. */
  readonly keep: (definition: MappingForm, revision: number) => void;
  /** Back to what is kept. */
  readonly reset: () => void;
}

/** What is being edited: it begins with the draft, or with what is in force. */
export function useEditor(mapping: MappingAnswer): Editor {
  const [edited, setEdited] = useState<{ readonly definition: MappingForm; readonly base: Base } | null>(null);
  const isDirty = edited !== null && !isSame(edited.definition, edited.base.definition);
  const base = isDirty ? edited.base : baseOf(mapping);
  const definition = isDirty ? edited.definition : base.definition;
  const edit = (change: Partial<MappingForm>): void => setEdited({ definition: { ...definition, ...change }, base });
  const set = (object: string, change: Partial<ObjectRules>): void => {
    const rules = { in: [], out: [], ...definition.objects[object], ...change };
    edit({ objects: { ...definition.objects, [object]: rules } });
  };
  return {
    definition,
    base,
    isDirty,
    isChanged: !isSame(definition, mapping.definition),
    setIn: (object, rules) => set(object, { in: [...rules] }),
    setOut: (object, rules) => set(object, { out: [...rules] }),
    setCounter: (counter, source) => edit({ counters: { ...definition.counters, [counter]: source } }),
    setEvents: (rules) => edit({ events: [...rules] }),
    keep: (kept, revision) => setEdited((now) => now && { ...now, base: { ...now.base, definition: kept, revision } }),
    reset: () => setEdited(null),
  };
}

function baseOf({ definition, version, draft }: MappingAnswer): Base {
  return {
    definition: draft?.definition ?? definition,
    version,
    basedOn: draft?.basedOn ?? version,
    revision: draft?.revision ?? 0,
  };
}

/** Equal as JSON, whatever the order of the keys. */
export function isSame(left: unknown, right: unknown): boolean {
  return sorted(left) === sorted(right);
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}

export const freshInRule: InRuleForm = {
  from: [],
  to: '',
  transform: [],
  onInvalid: 'null',
  blank: 'keep',
  conflict: 'crm',
};
