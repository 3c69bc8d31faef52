import { expect, test } from 'vitest';
import WorkerProgram from './worker-program.js?worker';

test('the core runs in a Web Worker', async () => {
  const worker = new WorkerProgram();
  try {
    const answer = await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage({ n: 20 });
    });
    expect(answer).toEqual({ status: 'completed', heard: [41], hasDocument: false });
  } finally {
    worker.terminate();
  }
});
