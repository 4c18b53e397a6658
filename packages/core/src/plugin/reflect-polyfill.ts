// A module of its own: a bundler may run a CommonJS package only where it is imported, after tsyringe, if both are
// imported side by side. package.json names this file under `sideEffects`, or it would be left out.
import 'reflect-metadata';
