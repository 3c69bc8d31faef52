/** The script of a page with three agents in a row, a load at a steady rate, and the panel when it is asked for. */
export function loadedPage(packageRoot: string): string {
  return `
import { defineAgent, evalFreeValidator, PubSubExecutor } from ${JSON.stringify(`${packageRoot}/core/index.ts`)};
import { mountDevtools } from ${JSON.stringify(`${packageRoot}/devtools/index.ts`)};
const nodes = Number(new URLSearchParams(location.search).get('nodes') ?? 100_000);
const executor = await PubSubExecutor.open({
  validator: await evalFreeValidator(),
  config: { maxMessages: 100_000 },
  retention: { nodes },
});
executor.registerAgents([
  defineAgent({ name: 'first', subscribe: 'one', publish: ['two'], process: ({ payload, publish }) => void publish('two', payload) }),
  defineAgent({ name: 'second', subscribe: 'two', publish: ['three'], process: ({ payload, publish }) => void publish('three', payload) }),
  defineAgent({ name: 'third', subscribe: 'three', process: () => undefined }),
]);
executor.execute();
window.executor = executor;
let mounted;
window.mount = (view, open) => {
  localStorage.clear();
  mounted = mountDevtools(document.getElementById('place'), { executor, open, view, size: 0.6 });
};
window.unmount = () => mounted.unmount();
// Whatever is due by the clock is sent, every few milliseconds: three messages for each source.
window.load = (perSecond, seconds) => new Promise((resolve) => {
  const start = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const elapsed = (performance.now() - start) / 1000;
    const due = Math.min(elapsed, seconds) * perSecond / 3;
    for (; sent < due; sent++) void executor.publish('one', { n: sent });
    if (elapsed >= seconds) { clearInterval(timer); executor.idle().then(() => resolve(sent * 3)); }
  }, 4);
});
document.body.dataset.ready = 'yes';
`;
}
