package dev.gsig.architecture.circle.one;

import dev.gsig.architecture.circle.two.Egg;

/** One of two packages that use each other, for {@code PackageCircleTest}. */
public record Chicken(Egg first) {}
