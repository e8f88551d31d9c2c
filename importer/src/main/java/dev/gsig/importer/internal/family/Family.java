package dev.gsig.importer.internal.family;

import java.util.List;

/** A family of models, known by the names of its weights. */
public interface Family {
  /** All families; one that is recognised by more comes first. */
  List<Family> ALL =
      List.of(
          new TooBert(),
          new ExMedBert(),
          new Behrt(),
          new TorchEncoder(),
          new HuggingFaceBert(),
          new ModelFolder());

  /** The name that {@code --family} takes. */
  String name();

  /** What a user calls the family. */
  String description();

  /** True if a checkpoint has this family's names. */
  boolean recognises(Draft draft);

  /** Maps the weights and adds what the family knows. */
  void apply(Draft draft);
}
