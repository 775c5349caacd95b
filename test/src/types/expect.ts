/** Whether two types are the same: assignable both ways is not enough, since `any` would be. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** A compile error unless it is given `true`. */
export type Expect<T extends true> = T;
