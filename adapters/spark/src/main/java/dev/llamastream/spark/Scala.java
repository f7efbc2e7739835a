package dev.llamastream.spark;

import java.util.ArrayList;
import java.util.List;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Scala's sequences. */
final class Scala {

  private Scala() {}

  static <T> Seq<T> seq(List<? extends T> list) {
    return CollectionConverters.<T>asScala(List.<T>copyOf(list)).toSeq();
  }

  static <T> List<T> list(scala.collection.Seq<? extends T> seq) {
    return List.copyOf(CollectionConverters.asJava(seq));
  }

  static <T> Seq<T> append(Seq<? extends T> seq, T last) {
    List<T> all = new ArrayList<>(list(seq));
    all.add(last);
    return seq(all);
  }
}
