import { Button, Group } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { moved, replaced, without } from '../../parts/lists.ts';
import { useEditorView } from './context.ts';

/** Where a rule stands, and what can be done with it there. */
export interface RulePlace<Rule> {
  readonly rule: Rule;
  readonly index: number;
  readonly count: number;
  readonly onChange: (rule: Rule) => void;
  readonly onMove: (by: -1 | 1) => void;
  readonly onRemove: () => void;
}

interface Props<Rule> {
  readonly label: string;
  readonly rules: readonly Rule[];
  /** With one more. */
  readonly added: (rules: readonly Rule[]) => readonly Rule[];
  readonly row: (place: RulePlace<Rule>) => ReactNode;
  readonly onChange: (rules: readonly Rule[]) => void;
}

/** A row a rule, in their order. */
export function RuleList<Rule>({ label, rules, added, row, onChange }: Props<Rule>) {
  const { mayEdit } = useEditorView();
  return (
    <>
      <ol className="mapping-list" aria-label={label}>
        {rules.map((rule, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- a rule is its place: nothing else of it stays
          <li key={index}>
            {row({
              rule,
              index,
              count: rules.length,
              onChange: (changed) => onChange(replaced(rules, index, changed)),
              onMove: (by) => onChange(moved(rules, index, by)),
              onRemove: () => onChange(without(rules, index)),
            })}
          </li>
        ))}
      </ol>
      {mayEdit && (
        <Group>
          <Button
            variant="default"
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => onChange(added(rules))}
          >
            Add a rule
          </Button>
        </Group>
      )}
    </>
  );
}
