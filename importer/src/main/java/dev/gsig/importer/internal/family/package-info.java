/** The families of models that are known by the names of their weights, one class each. */
package dev.gsig.importer.internal.family;
