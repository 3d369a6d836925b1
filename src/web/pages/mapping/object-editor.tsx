import { SegmentedControl } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import type { LiveFields, MappingAnswer, MappingForm } from '../../../http/api/mapping/schemas.ts';
import { useLiveFields, useMappingCheck, usePreview } from '../../api/mapping.ts';
import { Loading } from '../../parts/loading.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { useMay } from '../../shell/org.tsx';
import { FieldColumns } from './columns.tsx';
import { EditorContext, type EditorView, useEditorView } from './context.ts';
import { Counting } from './counting.tsx';
import { InRules } from './in-rules.tsx';
import { OutRules } from './out-rules.tsx';
import { PreviewBar } from './preview-bar.tsx';
import type { Editor } from './use-editor.ts';

export type View = 'in' | 'out' | 'counting';

interface ObjectProps {
  readonly mapping: MappingAnswer;
  readonly editor: Editor;
  readonly object: string;
  readonly view: View;
  readonly onView: (view: View) => void;
}

/** So long nothing is typed before the CRM and the engine are asked again. */
const pauseMs = 400;
const noRules: MappingForm['objects'][string] = { in: [], out: [] };

/** The rules of one object, read and written, with the record on which they are tried. */
export function ObjectEditor({ mapping, editor, object, view, onView }: ObjectProps) {
  const mayEdit = useMay('admin');
  const live = useLiveFields(mapping.connection, object);
  const [settled] = useDebouncedValue(editor.definition, pauseMs);
  const check = useMappingCheck(mapping.connection, settled, mayEdit);
  const trial = useTrial({ mapping, object, settled });
  const rules = editor.definition.objects[object] ?? noRules;
  const isWritten = mapping.objects.some((one) => one.object === object && one.isWritten);
  const context = {
    mapping,
    object,
    mayEdit,
    definition: editor.definition,
    shown: trial.shown,
    ...liveView(live.data),
    problems: check.data?.problems ?? [],
    check: check.data ?? null,
  };
  return (
    <EditorContext value={context}>
      <div className="mapping-stack">
        {check.error !== null && <ProblemNote error={check.error} onRetry={() => void check.refetch()} />}
        <SegmentedControl
          aria-label="What to map"
          data={[
            { value: 'in', label: `Read (${rules.in.length})` },
            ...(isWritten ? [{ value: 'out', label: `Written back (${rules.out.length})` }] : []),
            { value: 'counting', label: 'Counting' },
          ]}
          value={view}
          onChange={(value) => onView(value === 'out' || value === 'counting' ? value : 'in')}
        />
        {live.error !== null && <ProblemNote error={live.error} onRetry={() => void live.refetch()} />}
        {view === 'in' && <ReadRules editor={editor} rules={rules} live={live} trial={trial} />}
        {view === 'out' && <OutRules rules={rules.out} onChange={(changed) => editor.setOut(object, changed)} />}
        {view === 'counting' && <Counting onCounter={editor.setCounter} onEvents={editor.setEvents} />}
      </div>
    </EditorContext>
  );
}

function liveView(live: LiveFields | undefined): Pick<EditorView, 'fields' | 'records'> {
  if (live === undefined) return { fields: new Map(), records: 0 };
  return { fields: new Map(live.fields.map((field) => [field.name, field])), records: live.records };
}

interface TrialWish {
  readonly mapping: MappingAnswer;
  readonly object: string;
  readonly settled: MappingForm;
}

/** The records on which the rules are tried, and the one that is shown. */
function useTrial({ mapping, object, settled }: TrialWish) {
  const isWanted = useMay('admin');
  const [search, onSearch] = useState('');
  const [chosen, onShow] = useState<string | null>(null);
  const preview = usePreview(mapping.connection, { definition: settled, object, search, isWanted });
  const records = preview.data ?? [];
  const shown = records.find(({ id }) => id === chosen) ?? records[0] ?? null;
  return { preview, records, shown, search, onSearch, onShow };
}

interface ReadProps {
  readonly editor: Editor;
  readonly rules: MappingForm['objects'][string];
  readonly live: ReturnType<typeof useLiveFields>;
  readonly trial: ReturnType<typeof useTrial>;
}

function ReadRules({ editor, rules, live, trial: { preview, ...tried } }: ReadProps) {
  const { mapping, object, mayEdit } = useEditorView();
  return (
    <>
      {mayEdit && <PreviewBar {...tried} isBusy={preview.isFetching} />}
      {preview.error !== null && <ProblemNote error={preview.error} onRetry={() => void preview.refetch()} />}
      <InRules rules={rules.in} onChange={(changed) => editor.setIn(object, changed)} />
      {live.isPending && <Loading what={`the fields of ${mapping.label}`} />}
      {live.data !== undefined && (
        <FieldColumns
          rules={rules.in}
          suggestions={live.data.suggestions}
          onAdd={(added) => editor.setIn(object, [...rules.in, ...added])}
        />
      )}
    </>
  );
}
