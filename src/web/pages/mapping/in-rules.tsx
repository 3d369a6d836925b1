import { Button, Group, Stack, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import type { InRuleForm } from '../../../http/api/mapping/schemas.ts';
import { Empty } from '../../parts/empty.tsx';
import { useEditorView } from './context.ts';
import { InRuleRow } from './in-rule.tsx';
import { freshInRule, movedBy, replacedAt, withoutIndex } from './use-editor.ts';

interface Props {
  readonly rules: readonly InRuleForm[];
  readonly onChange: (rules: readonly InRuleForm[]) => void;
}

/** What of the CRM becomes what of a lead: a row a rule, with what it makes of the record that is shown. */
export function InRules({ rules, onChange }: Props) {
  const { mapping, object, mayEdit, shown } = useEditorView();
  const kind = mapping.objects.find((one) => one.object === object)?.kind ?? 'lead';
  const targets = mapping.targets.filter(({ isCompany }) => kind === 'company' || !isCompany);
  return (
    <Stack gap="xs">
      {rules.length > 0 && (
        <div className="mapping-row mapping-head" aria-hidden>
          <Text size="xs" fw={600} c="dimmed">
            {mapping.label} field
          </Text>
          <span />
          <Text size="xs" fw={600} c="dimmed">
            Field of the lead
          </Text>
          <Text size="xs" fw={600} c="dimmed">
            {shown === null ? 'Preview' : `Preview: ${shown.label}`}
          </Text>
          <span />
        </div>
      )}
      {rules.length === 0 && (
        <Empty title={`Nothing of ${object} is read`}>
          Add a rule, or take one of the suggestions: each says which field of {mapping.label} fills which field of the
          lead.
        </Empty>
      )}
      <ol className="mapping-list" aria-label={`Rules that read ${object}`}>
        {rules.map((rule, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- a rule is its place: nothing else of it stays
          <li key={index}>
            <InRuleRow
              rule={rule}
              index={index}
              count={rules.length}
              targets={targets}
              taken={new Set(rules.flatMap(({ to }, at) => (at === index ? [] : [to])))}
              cell={shown?.cells[index] ?? null}
              onChange={(changed) => onChange(replacedAt(rules, index, changed))}
              onMove={(steps) => onChange(movedBy(rules, index, steps))}
              onRemove={() => onChange(withoutIndex(rules, index))}
            />
          </li>
        ))}
      </ol>
      {mayEdit && (
        <Group>
          <Button
            variant="default"
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => onChange([...rules, freshInRule])}
          >
            Add a rule
          </Button>
        </Group>
      )}
    </Stack>
  );
}
