/**
 * What {@code config.json} says of a model, checked: a tree of small immutable records in which
 * every value is legal and fits the others.
 */
package dev.gsig.transformer.config;
