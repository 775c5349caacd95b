// It brings no types of its own.
declare module 'on-exit-leak-free' {
  interface OnExit {
    /** Calls `fn` at the process's 'exit', unless `object` was collected or unregistered by then. */
    register<T extends object>(object: T, fn: (object: T, event: string) => void): void;
    unregister(object: object): void;
  }
  const onExit: OnExit;
  export default onExit;
}
