package dev.gsig.importer.internal.family;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds the head, and the branch of tabular values that joins it, by their shapes: linear layers
 * that are left when everything else is mapped, each reading exactly what the one before it wrote.
 * A layer that reads neither that nor the pooled vector reads tabular values; their output, or the
 * values themselves, make the input of one layer of the head wider.
 *
 * <p>Shapes often fit more than one head. Then nothing is mapped and {@code import.head} is asked
 * for. A head that was named, or that the family knows, is left alone.
 */
final class HeadFinder {
  private static final String HEAD = "classifier.layers.";
  private static final String BRANCH = "tabular.layers.";
  // More are a list of heads, and only a person can tell.
  private static final int MOST_CHAINS = 8;
  // Layers that each read what any other writes have factorially many orders.
  private static final int MOST_BRANCHES = 1000;

  /**
   * What may be the head.
   *
   * @param body its layers
   * @param joined number of the layer that the tabular vector joins, -1 if none
   * @param branch the layers that make the tabular vector; empty if it is the values themselves
   */
  private record Head(List<Chain> body, int joined, List<Chain> branch) {}

  private final Draft draft;
  private final long pooled;
  private final List<Chain> chains;
  private final List<Head> heads = new ArrayList<>();

  private HeadFinder(Draft draft, long pooled) {
    this.draft = draft;
    this.pooled = pooled;
    List<Chain> all = Chain.of(draft);
    this.chains = all.stream().filter(c -> !isSecondTime(c, all)).toList();
  }

  /**
   * Whether it adds another time to the embedding, beside the one that is mapped or asked for: a
   * layer from one value to the model's width, which no layer is wide enough to read beside the
   * pooled vector.
   */
  private boolean isSecondTime(Chain chain, List<Chain> all) {
    String time = TorchEmbeddings.TIME + ".weight";
    long width = ModelWidth.of(draft.targets());
    return (draft.questions().containsKey(time) || draft.targets().containsKey(time))
        && chain.inputs() == 1
        && chain.outputs() == width
        && all.stream().noneMatch(c -> c.inputs() == pooled + width);
  }

  /** Maps the head if there is one and only one that it can be, else asks. */
  static void find(Draft draft) {
    AttentionScore.find(draft);
    long pooled = pooled(draft);
    if (pooled > 0) {
      new HeadFinder(draft, pooled).find();
      BranchNorms.find(draft);
    }
  }

  private static long pooled(Draft draft) {
    Derived gru = draft.targets().get("gru.weight_hh_l0");
    return gru != null && gru.isMatrix() ? 2L * gru.columns() : ModelWidth.of(draft.targets());
  }

  private void find() {
    if (draft.targets().keySet().stream().anyMatch(target -> target.startsWith("classifier."))) {
      joinNamed();
      passOtherHeads();
      return;
    }
    Object given = draft.options().read("head");
    if (given != null) {
      collect(named(given), chains.size());
    } else if (chains.size() <= MOST_CHAINS) {
      extend(new ArrayList<>());
    }
    if (heads.size() == 1 && (given != null || unused(heads.get(0)).isEmpty())) {
      use(heads.get(0));
      if (given != null) {
        passOtherHeads();
      }
    } else if (given == null && chains.stream().anyMatch(c -> c.inputs() >= pooled)) {
      draft.ask(
          "import.head",
          "the head's linear layers in their order, as a list, of "
              + chains.stream()
                  .limit(MOST_CHAINS)
                  .map(Chain::text)
                  .collect(Collectors.joining(", ")));
    } else if (given != null) {
      throw draft
          .options()
          .wrong("head", "layers that fit behind a pooled vector of " + pooled + " and each other");
    }
  }

  /** Tries all sequences of chains that begin with these. */
  private void extend(List<Chain> body) {
    if (heads.size() > 1) {
      return; // it must be asked for, however many there are
    }
    if (!body.isEmpty()) {
      if (joins(widths(body)) == null) {
        return;
      }
      collect(body, 0);
    }
    for (Chain next : chains) {
      if (!body.contains(next)) {
        List<Chain> longer = new ArrayList<>(body);
        longer.add(next);
        extend(longer);
      }
    }
  }

  /**
   * Takes a head down, once for each branch that it may have.
   *
   * @param spared how many chains may be left over that read something else than the pooled vector
   */
  private void collect(List<Chain> body, int spared) {
    int[] join = joins(widths(body));
    if (join == null) {
      return;
    }
    List<List<Chain>> branches = join[1] > 0 ? branches(body, join[1]) : new ArrayList<>();
    if (branches.isEmpty()) {
      long read = widths(body).get(join[0])[0];
      if (join[1] > 0 && chains.stream().anyMatch(c -> c.outputs() == read && !body.contains(c))) {
        return; // another layer writes just what this one reads: it is no join
      }
      branches.add(List.of());
    }
    for (List<Chain> branch : branches) {
      Head head = new Head(body, join[1] > 0 ? join[0] : -1, branch);
      long unexplained = unused(head).stream().filter(c -> c.inputs() != pooled).count();
      if (unexplained <= spared) {
        heads.add(head);
      }
    }
  }

  private List<Chain> unused(Head head) {
    return chains.stream().filter(c -> !head.body.contains(c) && !head.branch.contains(c)).toList();
  }

  /** Inputs and outputs of all layers. */
  private List<long[]> widths(List<Chain> body) {
    List<long[]> widths = new ArrayList<>();
    for (Chain chain : body) {
      for (String layer : chain.layers()) {
        List<Long> shape = draft.shape(layer + ".weight");
        widths.add(new long[] {shape.get(1), shape.get(0)});
      }
    }
    return widths;
  }

  /**
   * Where the tabular vector joins, and how wide it is: 0 for none; null if the layers cannot act
   * one behind the other.
   */
  private int[] joins(List<long[]> layers) {
    int[] join = {0, 0};
    long written = pooled;
    for (int n = 0; n < layers.size(); n++) {
      long more = layers.get(n)[0] - written;
      if (more < 0 || (more > 0 && join[1] > 0) || more > Integer.MAX_VALUE) {
        return null;
      }
      if (more > 0) {
        join = new int[] {n, (int) more};
      }
      written = layers.get(n)[1];
    }
    return join;
  }

  /**
   * The longest sequences of other chains that write a vector of some width: a longer one explains
   * what a shorter one leaves over. None where there are too many to tell them apart.
   */
  private List<List<Chain>> branches(List<Chain> body, int width) {
    List<List<Chain>> found = new ArrayList<>();
    collectBranches(body, width, List.of(), found);
    if (found.size() > MOST_BRANCHES) {
      found.clear();
    }
    int longest = found.stream().mapToInt(List::size).max().orElse(0);
    found.removeIf(branch -> branch.size() < longest);
    return found;
  }

  private void collectBranches(
      List<Chain> body, long read, List<Chain> behind, List<List<Chain>> found) {
    for (Chain chain : chains) {
      if (found.size() <= MOST_BRANCHES
          && chain.outputs() == read
          && chain.inputs() != pooled
          && !body.contains(chain)
          && !behind.contains(chain)) {
        List<Chain> branch = new ArrayList<>(List.of(chain));
        branch.addAll(behind);
        found.add(branch);
        collectBranches(body, chain.inputs(), branch, found);
      }
    }
  }

  private List<Chain> named(Object given) {
    List<?> names = given instanceof List<?> list ? list : List.of(given);
    List<Chain> body = new ArrayList<>();
    Set<String> layers = new LinkedHashSet<>();
    for (Object name : names) {
      List<Chain> found =
          chains.stream().filter(c -> c.name().equals(name) || c.layers().contains(name)).toList();
      if (found.isEmpty()) {
        throw new InvalidInputException(
            "import.head: "
                + Json.quote(String.valueOf(name))
                + " is no linear layer that is left; there are "
                + chains.stream().map(Chain::text).collect(Collectors.joining(", ")));
      }
      for (Chain chain : found) {
        if (layers.add(chain.name())) {
          body.add(chain);
        }
      }
    }
    return body;
  }

  private void use(Head head) {
    map(HEAD, head.body);
    map(BRANCH, head.branch);
    joined(head.joined);
  }

  /**
   * Passes over what reads the pooled vector and writes what no layer of the head could read: it is
   * the head of another task. What could stand in front of the head stays left over.
   */
  private void passOtherHeads() {
    Derived first = draft.targets().get(HEAD + 0 + ".weight");
    for (Chain chain : Chain.of(draft)) {
      boolean couldFeed =
          first == null
              || chain.outputs() == pooled
              || (first.shape().size() == 2 && chain.outputs() == first.columns() - pooled);
      if (chain.inputs() == pooled && !couldFeed) {
        for (String layer : chain.layers()) {
          draft.pass(Pattern.compile("^" + Pattern.quote(layer) + "\\.(weight|bias)$"));
        }
        draft.note(chain.name(), "not used: another head is named");
      }
    }
  }

  private void map(String target, List<Chain> some) {
    int n = 0;
    for (Chain chain : some) {
      noteWhatStandsBefore(chain.layers().get(0));
      for (String layer : chain.layers()) {
        draft.both(target + n++, layer);
      }
    }
  }

  /** What has no weights may be a dropout, which does nothing, or an activation, which does. */
  private void noteWhatStandsBefore(String layer) {
    String before = Chain.sequential(layer) + "." + (Chain.number(layer) - 1) + ".";
    if (!Chain.sequential(layer).equals(layer)
        && Chain.number(layer) > 0
        && draft.names().stream().noneMatch(name -> name.startsWith(before))) {
      draft.note(layer, "nothing but dropout is taken to stand in front of it in its Sequential");
    }
  }

  private void joined(int layer) {
    if (layer < 0) {
      return;
    }
    if (layer > 0) {
      draft.fact("tabular", Map.of("classifier_layer", (long) layer));
    }
    askTabularFirst(draft);
  }

  /** Asks for what columns of a matrix do not tell. */
  static void askTabularFirst(Draft draft) {
    draft.askUnlessChecked(
        "import.tabular_first",
        false,
        "false if tabular values stand behind the sequence's vector, true if in front of it");
  }

  /** The branch of a head that is mapped already. */
  private void joinNamed() {
    List<long[]> layers = new ArrayList<>();
    Derived layer = draft.targets().get(HEAD + 0 + ".weight");
    while (layer != null && layer.shape().size() == 2) {
      layers.add(new long[] {layer.columns(), layer.rows()});
      layer = draft.targets().get(HEAD + layers.size() + ".weight");
    }
    int[] join = joins(layers);
    boolean mapped =
        draft.targets().keySet().stream().anyMatch(target -> target.startsWith("tabular."));
    if (join == null || join[1] == 0) {
      return;
    }
    List<List<Chain>> branches = mapped ? List.of() : branches(List.of(), join[1]);
    if (branches.size() == 1) {
      map(BRANCH, branches.get(0));
    }
    joined(join[0]);
  }
}
