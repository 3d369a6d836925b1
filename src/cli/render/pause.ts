import { pauseText } from '../../health/what-runs.ts';
import { spokenName } from '../../model/health.ts';
import type { PauseAnswer, ResumeAnswer } from '../app-port.ts';
import type { Style } from '../style.ts';
import { blocks, shown } from '../text.ts';

const effects = {
  all: 'Nothing of it runs until it is resumed; what waits is kept.',
  pull: 'Nothing is read until it is resumed; scores still change by age and by what comes in elsewhere, and are written.',
  push: 'Nothing is written until it is resumed; it is still read, scored and planned.',
} as const;

export function renderPause(answer: PauseAnswer, style: Style): string {
  const { direction, reason, changed } = answer;
  const what = direction === 'all' ? 'paused' : `paused (${direction} only)`;
  return blocks([
    `${nameOf(answer, style)} is ${style.warn(what)}${changed ? '' : ', as it was'}: ${shown(reason)}`,
    `${effects[direction]}\nTo take it back: ${commandOf(answer)}`,
  ]);
}

export function renderResume(answer: ResumeAnswer, style: Style): string {
  const { lifted, triedAtOnce, still, changed } = answer;
  const tried = triedAtOnce === 0 ? '' : `What waited after failures is tried at the next tick (${triedAtOnce}).`;
  return blocks([
    changed
      ? `${nameOf(answer, style)} is ${style.good('resumed')}`
      : `${nameOf(answer, style)} ${still.length === 0 ? 'was not paused' : 'had no pause of this kind'}`,
    [...lifted.map((one) => `no longer ${shown(pauseText(one))}`), tried].filter((line) => line !== '').join('\n'),
    still
      .map((one) => {
        const command =
          one.of === 'org' ? `leadloop resume --org ${answer.org}` : `leadloop resume ${targetOf(answer)}`;
        return `${style.warn(`still ${shown(pauseText(one))}`)}\n${style.dim('→')} ${command}`;
      })
      .join('\n'),
  ]);
}

function nameOf({ of, org, name }: Pick<PauseAnswer, 'of' | 'org' | 'name'>, style: Style): string {
  return of === 'org' ? `everything of ${style.bold(shown(org))}` : style.bold(shown(`${org}/${name}`));
}

function targetOf({ of, name }: Pick<PauseAnswer, 'of' | 'name'>): string {
  return of === 'org' ? name : spokenName(of, name);
}

function commandOf({ of, org, name, direction }: PauseAnswer): string {
  const target = of === 'org' ? `--org ${org}` : `${targetOf({ of, name })} --org ${org}`;
  return `leadloop resume ${target}${direction === 'all' ? '' : ` --${direction}`}`;
}
