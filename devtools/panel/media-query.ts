/** A media query as an external store. */
export interface MediaQuery {
  subscribe(listener: () => void): () => void;
  matches(): boolean;
}

export function mediaQuery(text: string): MediaQuery {
  const query = matchMedia(text);
  return {
    subscribe(listener) {
      query.addEventListener('change', listener);
      return () => query.removeEventListener('change', listener);
    },
    matches: () => query.matches,
  };
}
