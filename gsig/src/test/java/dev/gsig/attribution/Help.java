package dev.gsig.attribution;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Two idle threads, which are there whenever they are asked. */
final class Help implements Helpers {
  private final Model model;
  private final boolean eager;
  private final List<Thread> threads = new ArrayList<>();

  /**
   * Help with a model's passes.
   *
   * @param eager whether they do all there is to do before whoever asked goes on
   */
  Help(Model model, boolean eager) {
    this.model = model;
    this.eager = eager;
  }

  @Override
  public int idle() {
    return 2;
  }

  @Override
  public void ask(int count, Consumer<Workspace> task) {
    for (int i = 0; i < count; i++) {
      Thread thread =
          new Thread(
              () ->
                  model.withWorkspace(
                      workspace -> {
                        task.accept(workspace);
                        return null;
                      }));
      threads.add(thread);
      thread.start();
      if (eager) {
        join(thread);
      }
    }
  }

  /** Waits for them. */
  void end() {
    threads.forEach(Help::join);
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
