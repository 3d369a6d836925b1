import { createContext, use } from 'react';
import type { Fact, ProfileKind, ProfileProblem } from '../../../http/api/profiles/schemas.ts';

export interface EditorContext {
  readonly kind: ProfileKind;
  readonly facts: readonly Fact[];
  readonly triggerFacts: readonly string[];
  readonly lineFacts: readonly string[];
  readonly isReadOnly: boolean;
  readonly problems: readonly ProfileProblem[];
}

export const Editor = createContext<EditorContext | null>(null);

export function useEditor(): EditorContext {
  const editor = use(Editor);
  if (editor === null) throw new Error('nothing is edited here');
  return editor;
}

/** What is wrong at exactly this place, to be shown at its field; undefined = nothing. */
export function useProblemAt(path: string): string | undefined {
  const found = useEditor().problems.filter((problem) => problem.path === path);
  return found.length === 0
    ? undefined
    : found.map(({ message, remedy }) => `${sentence(message)} ${remedy}`).join(' ');
}

/** Whether something is wrong at this place or below it. */
export function useHasProblem(path: string): boolean {
  return useEditor().problems.some((problem) => problem.path.startsWith(path));
}

/** "the label is empty" → "The label is empty." */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
