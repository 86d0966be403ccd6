import { AsyncLocalStorage } from 'node:async_hooks';

/** Runs a function in the asynchronous context (`AsyncLocalStorage`) in which this was taken. */
export type Context = <R>(fn: () => R) => R;

/** The context of the present call: the caller's functions that are called later, from elsewhere, are called in it. */
export function contextOfCaller(): Context {
  return AsyncLocalStorage.snapshot() as Context;
}

/** What belongs to a whole pool, such as its threads, is made in no request's context. That of the program is as near as Node lets one come. */
export const outside: Context = contextOfCaller();

/** Calls a function of a task's caller in the context of that call. */
export function inContext<R>(context: Context | undefined, fn: () => R): R {
  return context === undefined ? fn() : context(fn);
}
