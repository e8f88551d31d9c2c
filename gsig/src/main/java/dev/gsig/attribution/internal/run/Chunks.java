package dev.gsig.attribution.internal.run;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * A stream of items in chunks of the same size; the last one may be smaller. An item that cannot be
 * read is met after those before it were handed out.
 *
 * @param items read once
 * @param size of a chunk, at least 1
 */
record Chunks<T>(Iterable<T> items, int size) implements Iterable<List<T>> {
  @Override
  public Iterator<List<T>> iterator() {
    Iterator<T> source = items.iterator();
    return new Iterator<>() {
      private RuntimeException unreadable;

      @Override
      public boolean hasNext() {
        return unreadable != null || source.hasNext();
      }

      @Override
      public List<T> next() {
        if (unreadable != null) {
          throw unreadable;
        }
        List<T> chunk = new ArrayList<>();
        try {
          while (chunk.size() < size && source.hasNext()) {
            chunk.add(source.next());
          }
        } catch (RuntimeException e) {
          if (chunk.isEmpty()) {
            throw e;
          }
          unreadable = e;
        }
        if (chunk.isEmpty()) {
          throw new NoSuchElementException();
        }
        return chunk;
      }
    };
  }
}
