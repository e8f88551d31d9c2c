/**
 * A restricted reader of Python pickles: data only. What a pickle may call is a short list of
 * functions given by the caller; anything else is refused by name, and nothing is ever executed.
 */
package dev.gsig.importer.internal.pickle;
