import { portInspectorEnd, portWatcherEnd } from 'dagger-agents/inspector';
import { expectTypeOf, test } from 'vitest';

/** As `@types/node` declares a port where the types of the DOM are absent: its events have no `data`. */
interface PortOfNode {
  postMessage(value: unknown, transferList?: readonly object[]): void;
  addEventListener(
    type: string,
    listener: ((event: EventOfNode) => void) | { handleEvent(event: EventOfNode): void },
    options?: { readonly once?: boolean; readonly passive?: boolean },
  ): void;
  removeEventListener(
    type: string,
    listener: ((event: EventOfNode) => void) | { handleEvent(event: EventOfNode): void },
    options?: { readonly capture?: boolean },
  ): void;
  start(): void;
}

interface EventOfNode {
  readonly type: string;
  readonly timeStamp: number;
}

test('ports of Node and of browsers, and workers, make links', () => {
  expectTypeOf<PortOfNode>().toExtend<Parameters<typeof portInspectorEnd>[0]>();
  for (const end of [portInspectorEnd, portWatcherEnd]) {
    expectTypeOf<MessagePort>().toExtend<Parameters<typeof end>[0]>();
    expectTypeOf<Worker>().toExtend<Parameters<typeof end>[0]>();
    expectTypeOf<import('node:worker_threads').MessagePort>().toExtend<Parameters<typeof end>[0]>();
  }
});
