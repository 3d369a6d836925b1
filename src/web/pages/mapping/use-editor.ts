import { useState } from 'react';
import type {
  EventRuleForm,
  InRuleForm,
  MappingAnswer,
  MappingForm,
  OutRuleForm,
} from '../../../http/api/mapping/schemas.ts';

type ObjectRules = MappingForm['objects'][string];

export interface Editor {
  readonly definition: MappingForm;
  /** Something is not saved. */
  readonly isDirty: boolean;
  /** Differs from what is in force. */
  readonly isChanged: boolean;
  readonly setIn: (object: string, rules: readonly InRuleForm[]) => void;
  readonly setOut: (object: string, rules: readonly OutRuleForm[]) => void;
  readonly setCounter: (counter: string, source: 'crm' | 'events') => void;
  readonly setEvents: (rules: readonly EventRuleForm[]) => void;
  /** Back to what is kept. */
  readonly reset: () => void;
}

/** What is being edited: it begins with the draft, or with what is in force. */
export function useEditor({ definition: active, draft }: MappingAnswer): Editor {
  const kept = draft?.definition ?? active;
  const [edited, setEdited] = useState<MappingForm | null>(null);
  const definition = edited ?? kept;
  const set = (object: string, change: Partial<ObjectRules>): void => {
    const rules = { in: [], out: [], ...definition.objects[object], ...change };
    setEdited({ ...definition, objects: { ...definition.objects, [object]: rules } });
  };
  return {
    definition,
    isDirty: edited !== null && !isSame(edited, kept),
    isChanged: !isSame(definition, active),
    setIn: (object, rules) => set(object, { in: [...rules] }),
    setOut: (object, rules) => set(object, { out: [...rules] }),
    setCounter: (counter, source) =>
      setEdited({ ...definition, counters: { ...definition.counters, [counter]: source } }),
    setEvents: (rules) => setEdited({ ...definition, events: [...rules] }),
    reset: () => setEdited(null),
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
