import type { CheckFinding } from '../../connector-sdk/index.ts';
import type { CheckReport, ConnectionCheck } from '../app-port.ts';
import type { Style } from '../style.ts';
import { blocks, count, indented, shown, table } from '../text.ts';

export function renderCheckReport({ connections, sources }: CheckReport, style: Style): string {
  if (connections.length + sources.length === 0)
    return 'There is no connection yet. Add one to the configuration and run: leadloop apply';
  return blocks([
    ...connections.map((connection) => renderConnection(connection, style)),
    ...sources.map(({ name, findings }) => `${style.bold(name)}\n${indented(renderFindings(findings, style))}`),
  ]);
}

function renderConnection({ name, findings, mapping }: ConnectionCheck, style: Style): string {
  const parts = [renderFindings(findings, style), renderMapping(mapping, style)].filter((part) => part !== '');
  return `${style.bold(name)}\n${indented(parts.join('\n'))}`;
}

/** One line for each, and below it the remedy where there is something to do. */
export function renderFindings(findings: readonly CheckFinding[], style: Style): string {
  const marks = { ok: style.good('ok  '), warning: style.warn('warn'), failure: style.bad('FAIL') };
  const rows = table(
    findings.map(({ level, subject, message }) => [marks[level], shown(subject), shown(message)]),
  ).split('\n');
  return findings
    .flatMap(({ level, remedy }, index) => [
      rows[index] ?? '',
      ...(level === 'ok' || remedy === '' ? [] : [`      ${style.dim('→')} ${shown(remedy)}`]),
    ])
    .join('\n');
}

function renderMapping(problems: ConnectionCheck['mapping'], style: Style): string {
  if (problems === null) return style.dim('the mapping was not tried: the CRM could not be asked');
  if (problems.length === 0) return `${style.good('ok  ')}  every mapped field fits the CRM`;
  const findings = problems.map(({ object, direction, field, severity, message, remedy }): CheckFinding => {
    const level = severity === 'pauses' ? 'failure' : 'warning';
    return { level, subject: `${object}.${direction} ${field}`, message, remedy };
  });
  const paused = problems.filter(({ severity }) => severity === 'pauses').length;
  const note =
    paused === 0 ? '' : `\n${style.warn(`${count(paused, 'field')} left out until mended; all others work.`)}`;
  return renderFindings(findings, style) + note;
}
