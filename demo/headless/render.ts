import type { PubSubExecutionReport } from 'dagger-agents';
import type { ResearchReport } from '../agents/channels.js';

const WIDTH = 96;

/** The answer for people: quoted sentences by part, each with the number of its source, then the sources. */
export function renderAnswer(report: ResearchReport): string {
  const sources: string[] = [];
  const numberOf = (path: string, line: number): number => {
    const place = `${path}:${line}`;
    if (!sources.includes(place)) sources.push(place);
    return sources.indexOf(place) + 1;
  };
  const lines = [`Question: ${report.question}`, ''];
  for (const { question, direct, statements, example, coverage, missing } of report.sections) {
    lines.push(...wrapped(question, '## '));
    if (statements.length === 0) lines.push('  The documents say nothing about this.');
    else if (!direct) lines.push('  The documents do not answer this directly. The closest they come:');
    for (const { text, path, line } of statements)
      lines.push(...wrapped(`${text} [${numberOf(path, line)}]`, '  • '));
    if (example) {
      lines.push(`    for example [${numberOf(example.path, example.line)}]`);
      lines.push(...example.code.split('\n').map((code) => `      │ ${code}`.trimEnd()));
    }
    if (coverage < 1 && statements.length > 0) lines.push(`  (left open: ${missing.join(', ')})`);
    lines.push('');
  }
  lines.push('Sources', ...sources.map((place, index) => `  [${index + 1}] ${place}`));
  return lines.join('\n');
}

/** Figures of a run: counts by status, durations, messages. */
export function renderFigures(report: PubSubExecutionReport, indexed: string): string {
  const { counts, agentOutcomes, startedAt, finishedAt } = report;
  const agents = new Map<string, { done: number; failed: number; milliseconds: number }>();
  for (const { agent, success, durationMs } of agentOutcomes) {
    const entry = agents.get(agent) ?? { done: 0, failed: 0, milliseconds: 0 };
    if (success) entry.done++;
    else entry.failed++;
    entry.milliseconds += durationMs;
    agents.set(agent, entry);
  }
  const seconds = (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
  const error = report.error ? `: ${report.error.message}` : '';
  const lines = [
    `Run ${report.executionId}: ${report.status}${error} in ${seconds.toFixed(2)} s, ${indexed}`,
    `  messages   ${list({ published: counts.published, delivered: counts.delivered, dropped: counts.dropped, unheard: counts.unheard })}`,
    `  deliveries ${list({ succeeded: counts.succeeded, failed: counts.failed, retried: counts.retried })}`,
    '  agent         done  failed     time',
  ];
  for (const [agent, { done, failed, milliseconds }] of agents) {
    const time = `${milliseconds.toFixed(0)} ms`;
    lines.push(
      `  ${agent.padEnd(12)}${String(done).padStart(6)}${String(failed).padStart(8)}${time.padStart(9)}`,
    );
  }
  return lines.join('\n');
}

function list(figures: Readonly<Record<string, number>>): string {
  return Object.entries(figures)
    .map(([name, figure]) => `${figure} ${name}`)
    .join(', ');
}

/** Breaks a text at spaces; following lines are indented as deep as the first. */
function wrapped(text: string, lead: string): string[] {
  const lines: string[] = [];
  let line = lead;
  for (const word of text.split(' ')) {
    if (line.length > lead.length && line.length + word.length > WIDTH) {
      lines.push(line.trimEnd());
      line = ' '.repeat(lead.length);
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}
