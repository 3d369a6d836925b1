import { createContext, use } from 'react';
import type { CheckedMapping } from '../../api/mapping.ts';
import type {
  LiveField,
  LiveProblem,
  MappingAnswer,
  MappingForm,
  PreviewRecord,
} from '../../../http/api/mapping/schemas.ts';

/** What every part of the editor looks at. */
export interface EditorView {
  readonly mapping: MappingAnswer;
  readonly definition: MappingForm;
  /** The object whose rules are shown. */
  readonly object: string;
  /** Empty while the CRM has not answered. */
  readonly fields: ReadonlyMap<string, LiveField>;
  readonly records: number;
  /** The record that the preview shows; null = none. */
  readonly shown: PreviewRecord | null;
  readonly problems: readonly LiveProblem[];
  /** The last check that was answered, and what was checked; null = none yet. */
  readonly check: CheckedMapping | null;
  readonly mayEdit: boolean;
}

export const EditorContext = createContext<EditorView | null>(null);

export function useEditorView(): EditorView {
  const view = use(EditorContext);
  if (view === null) throw new Error('there is no mapping here');
  return view;
}

/** A row has several lists of hundreds of options: each is there only while it is open. */
export const lazyList = { keepMounted: false };
