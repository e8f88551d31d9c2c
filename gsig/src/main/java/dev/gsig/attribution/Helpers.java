package dev.gsig.attribution;

import dev.gsig.tensor.internal.Workers;
import java.util.function.Consumer;

/** Workers without a patient, who may take part in the passes of another's. */
interface Helpers {
  /** Nobody. */
  Helpers NONE =
      new Helpers() {
        @Override
        public int idle() {
          return 0;
        }

        @Override
        public void ask(int count, Consumer<Workspace> task) {
          // nobody to ask
        }
      };

  /** How many there are, at about this moment. */
  int idle();

  /**
   * Has a task run by some of them, in a workspace of its own each. It may run late, or never.
   *
   * @param count how many
   */
  void ask(int count, Consumer<Workspace> task);

  /** The idle ones of a model's workers. */
  static Helpers of(Workers workers, ExplainableModel model) {
    return new Helpers() {
      @Override
      public int idle() {
        return workers.idle();
      }

      @Override
      public void ask(int count, Consumer<Workspace> task) {
        workers.offer(
            count,
            () ->
                model.withWorkspace(
                    workspace -> {
                      task.accept(workspace);
                      return null;
                    }));
      }
    };
  }
}
