/** Reads files of inputs and expected outputs that prove an import. */
package dev.gsig.importer.internal.check;
