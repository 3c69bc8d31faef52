import { useEffect, useState } from 'react';
import type { SafeValue } from '../../core/inspection/safe-value.js';
import { reasonOf } from '../panel/format.js';
import { usePanel } from '../panel/panel-context.js';

/** Asks for a payload when a message is selected, and not before. */
export function usePayload(seq: number): { readonly value: SafeValue | undefined; readonly note: string } {
  const { store } = usePanel();
  const [answer, setAnswer] = useState<
    { seq: number; value: SafeValue | undefined; note: string } | undefined
  >();
  useEffect(() => {
    let current = true;
    store.payloads([seq]).then(
      ([value]) => {
        const note = 'This payload is no longer kept by the executor: only those of recent messages are.';
        if (current) setAnswer({ seq, value: value ?? undefined, note });
      },
      (thrown: unknown) => {
        if (current) setAnswer({ seq, value: undefined, note: reasonOf(thrown) });
      },
    );
    return () => {
      current = false;
    };
  }, [seq, store]);
  return answer?.seq === seq ? answer : { value: undefined, note: 'Fetching…' };
}
