/** Tells listeners; one that throws is reported by the browser and does not disturb the others. */

export interface Emitter<T> {
  on(listener: (value: T) => void): () => void;
  emit(value: T): void;
}

export function createEmitter<T>(): Emitter<T> {
  const listeners = new Set<{ call: (value: T) => void }>();
  return {
    on(call) {
      const listener = { call };
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    emit(value) {
      for (const { call } of [...listeners]) {
        try {
          call(value);
        } catch (error) {
          setTimeout(() => { throw error; }); // seen in the console, not in the middle of our work
        }
      }
    },
  };
}

/** A `subscribe` that tells each listener how things stand at once, and then of each change. */
export function fromNow<T>(states: Emitter<T>, state: () => T): (listener: (state: T) => void) => () => void {
  return (listener) => {
    const stop = states.on(listener);
    listener(state());
    return stop;
  };
}
