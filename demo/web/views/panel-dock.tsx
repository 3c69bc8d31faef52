import type { PubSubExecutor } from 'dagger-agents';
import { type ReactElement, useEffect, useRef } from 'react';

/** From this width on there is room for the panel beside the research, so it is open from the start. */
const ROOMY = '(min-width: 60rem)';

/** The devtools panel. Its code is loaded when the page is already there. */
export function PanelDock({ executor }: { readonly executor: PubSubExecutor | undefined }): ReactElement {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { current } = place;
    if (!executor || !current) return undefined;
    let mounted: { unmount(): void } | undefined;
    let gone = false;
    const mount = async (): Promise<void> => {
      const { mountDevtools } = await import('dagger-agents/devtools/always');
      if (gone) return;
      const roomy = matchMedia(ROOMY).matches;
      mounted = mountDevtools(current, {
        executor,
        name: 'research team',
        dock: roomy ? 'fill' : 'bottom',
        open: roomy,
      });
    };
    void mount();
    return () => {
      gone = true;
      mounted?.unmount();
    };
  }, [executor]);
  return (
    <aside className="panel-dock" aria-label="Devtools panel: the agents and their messages">
      <p className="panel-hint">Here the Dagger devtools show the agents and every message between them.</p>
      <div className="panel-place" ref={place} />
    </aside>
  );
}
