package dev.gsig.importer.internal.family;

import java.util.regex.Pattern;

/** The names of the model folder itself, with or without {@code bert.} before them. */
final class ModelFolder implements Family {
  private static final Pattern NAMES =
      Pattern.compile(
          "(embeddings|encoder|pooler|pooled|pooling|gru|tabular|classifier|lm_head)"
              + "\\.[A-Za-z0-9_.]+");
  private static final String PREFIX = "bert.";

  @Override
  public String name() {
    return "gsig";
  }

  @Override
  public String description() {
    return "a model folder's names";
  }

  @Override
  public boolean recognises(Draft draft) {
    return draft.names().stream()
        .anyMatch(name -> name.matches("(bert\\.)?embeddings\\.word_embeddings\\.weight"));
  }

  @Override
  public void apply(Draft draft) {
    sameNames(draft);
    if (!draft.options().config().containsKey("hidden_size")) { // else it is a whole configuration
      MappedNames.askOfCode(draft);
    }
    HeadFinder.find(draft);
  }

  /** A name without its prefix, and with the number of the head's layer. */
  static String plain(String name) {
    String plain = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
    return plain.matches("classifier\\.(weight|bias)")
        ? plain.replace("classifier.", "classifier.layers.0.")
        : plain;
  }

  /** Maps every name that a model folder has itself. */
  static void sameNames(Draft draft) {
    for (String name : draft.unused()) {
      String plain = plain(name);
      boolean known = NAMES.matcher(plain).matches() && !plain.endsWith("position_ids");
      if (known && !draft.targets().containsKey(plain)) {
        draft.put(plain, draft.take(name));
      }
    }
    draft.pass(Pattern.compile("(^|\\.)(position_ids|token_type_ids|num_batches_tracked)$"));
  }
}
