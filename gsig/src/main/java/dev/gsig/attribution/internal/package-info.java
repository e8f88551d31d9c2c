/** What the modules of gsig share and nobody else is promised. */
package dev.gsig.attribution.internal;
