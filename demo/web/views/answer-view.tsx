import { type ReactElement, type ReactNode, useMemo, useState } from 'react';
import type { ResearchReport } from '../../agents/channels.js';
import { PassageDialog } from './passage-dialog.js';
import { listSources, type Source } from './sources.js';

interface Props {
  readonly report: ResearchReport;
  readonly read: (path: string) => Promise<string>;
}

/** The answer, part by part; each number opens the passage that it was taken from. */
export function AnswerView({ report, read }: Props): ReactElement {
  const sources = useMemo(() => listSources(report), [report]);
  const [open, setOpen] = useState<Source>();
  const cite = (path: string, line: number): ReactElement | undefined => {
    const source = sources.find((other) => other.path === path && other.line === line);
    return source && <Citation source={source} onOpen={setOpen} />;
  };
  return (
    <section className="card answer" aria-labelledby="answer-title">
      <h2 id="answer-title">Answer</h2>
      {report.sections.map(({ question, direct, statements, example, coverage, missing }) => (
        <section key={question} className="part">
          <h3>{question}</h3>
          {statements.length === 0 && <p className="hint">The documents say nothing about this.</p>}
          {statements.length > 0 && !direct && (
            <p className="hint">The documents do not answer this directly. The closest they come:</p>
          )}
          {statements.map(({ text, path, line }) => (
            <p key={`${path}:${line}:${text}`}>{withEnd(text, cite(path, line))}</p>
          ))}
          {example && (
            <figure>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: code that scrolls must be within reach of the keyboard */}
              <pre tabIndex={0}>
                <code>{example.code}</code>
              </pre>
              <figcaption>
                for example, from {shortPath(example.path)} {cite(example.path, example.line)}
              </figcaption>
            </figure>
          )}
          {coverage < 1 && statements.length > 0 && <p className="hint">Left open: {missing.join(', ')}</p>}
        </section>
      ))}
      <h3 className="sources-title">Sources</h3>
      <ol className="sources">
        {sources.map((source) => (
          <li key={source.number}>
            <button type="button" className="source" onClick={() => setOpen(source)}>
              <span className="number">{source.number}</span>
              <span className="place">
                {shortPath(source.path)}:{source.line}
              </span>
              <span className="heading">{source.heading}</span>
            </button>
          </li>
        ))}
      </ol>
      {open && <PassageDialog source={open} read={read} onClose={() => setOpen(undefined)} />}
    </section>
  );
}

interface CitationProps {
  readonly source: Source;
  readonly onOpen: (source: Source) => void;
}

function Citation({ source, onOpen }: CitationProps): ReactElement {
  return (
    <button
      type="button"
      className="citation"
      aria-label={`Source ${source.number}: ${shortPath(source.path)}, line ${source.line}`}
      onClick={() => onOpen(source)}
    >
      {source.number}
    </button>
  );
}

/** The number of a source never stands at the beginning of a line: it keeps to the last word. */
function withEnd(text: string, citation: ReactNode): ReactElement {
  const gap = text.lastIndexOf(' ') + 1;
  const last = text.slice(gap);
  // Half of a piece of code, or something so long that it must be broken, stays with the rest.
  const keeps = last.length < 24 && last.split('`').length % 2 === 1;
  return (
    <>
      {withCode(keeps ? text.slice(0, gap) : text)}
      <span className="nowrap">
        {keeps && withCode(last)} {citation}
      </span>
    </>
  );
}

/** Quoted sentences keep the backticks of their code. */
function withCode(text: string): ReactNode[] {
  return text.split(/(`[^`]+`)/u).map((piece, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text never change places
    piece.startsWith('`') && piece.endsWith('`') ? <code key={index}>{piece.slice(1, -1)}</code> : piece,
  );
}

/** What every path begins with tells nobody anything. */
function shortPath(path: string): string {
  return path.replace(/^node_modules\//u, '');
}
