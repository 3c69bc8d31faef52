/** When things are done: with the next frame of the page, or after a while. The answers cancel. */
export interface FrameScheduler {
  frame(callback: () => void): () => void;
  later(milliseconds: number, callback: () => void): () => void;
}

export function pageFrames(): FrameScheduler {
  return {
    frame(callback) {
      const handle = requestAnimationFrame(callback);
      return () => cancelAnimationFrame(handle);
    },
    later(milliseconds, callback) {
      const handle = setTimeout(callback, milliseconds);
      return () => clearTimeout(handle);
    },
  };
}
