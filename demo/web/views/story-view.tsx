import { type ReactElement, useEffect, useRef } from 'react';
import type { Step } from '../session/story.js';

interface Props {
  readonly steps: readonly Step[];
}

/** What the team does, step by step; the newest stays in sight as long as the reader has not scrolled away. */
export function StoryView({ steps }: Props): ReactElement {
  const list = useRef<HTMLOListElement>(null);
  const following = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new step is the reason to scroll
  useEffect(() => {
    if (following.current && list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [steps]);
  const follow = (): void => {
    const { current } = list;
    if (current) following.current = current.scrollHeight - current.scrollTop - current.clientHeight < 24;
  };
  return (
    <section className="card story" aria-labelledby="story-title">
      <h2 id="story-title">
        The team at work <span className="count">{steps.length} steps</span>
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be within reach of the keyboard */}
      <ol className="steps" ref={list} onScroll={follow} tabIndex={0} aria-labelledby="story-title">
        {steps.map(({ id, agent, text, seconds }) => (
          <li key={id}>
            <span className="agent" data-agent={agent}>
              {agent}
            </span>
            <span className="text">{text.replace('node_modules/', '')}</span>
            <span className="time">{seconds.toFixed(1)} s</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
