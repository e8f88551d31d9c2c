package dev.gsig.architecture.circle.two;

import dev.gsig.architecture.circle.one.Chicken;

/** One of two packages that use each other, for {@code PackageCircleTest}. */
public record Egg(Chicken first) {}
