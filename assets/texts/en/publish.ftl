# Publish.

publish-empty = Nothing to publish yet.
publish-linked-data = Linked Data
publish-interchange = Interchange
publish-archive = For an archive
publish-data = Data
publish-page = To read and print
publish-captions = Captions and labels
publish-movement = Faces and bodies
publish-folder = folder
publish-about-openface-csv = Faces frame by frame, in the columns of OpenFace 2.2. One file a recording.
publish-about-openpose-json = Bodies frame by frame, as OpenPose writes them: BODY_25.
publish-about-coco-json = Bodies as COCO keypoints: 17 points a person and frame.
publish-about-coco-wholebody = Bodies with feet and faces as COCO-WholeBody keypoints.
publish-about-bvh = Bodies in space as a moving skeleton, a file a person, for Blender and the like.
publish-scope = How much
publish-whole = Whole project
publish-lexicon = Lexicon
publish-base-iri = Base IRI
publish-base-iri-hint = https://example.org/my-language/
publish-licence = Licence
publish-licence-hint = https://creativecommons.org/licenses/by/4.0/
publish-no-licence = Without a licence nobody knows what they may do with it.
publish-curves = Curves of faces, bodies and voices beside it
publish-curves-more = Tables of what was measured, which ELAN shows as curves under the picture: in its Time Series Viewer. Without them the document goes alone.
publish-report = What becomes of everything
publish-waiting = Working it out…
publish-looking = Working out what is kept
publish-writing = Writing…
publish-writing-file = Writing { $file }
publish-written = Written: { $file }
publish-preview = { $format }, the first lines
publish-checking = Checking the project…
publish-checked = The project is whole.
publish-problems = { $count ->
    [one] { $first }
   *[other] { $count } things need a look. The first: { $first }
}
publish-valid = Valid: 0 violations of { $files } shape files{ $warnings ->
    [0] {""}
    [one] , 1 warning
   *[other] , { $warnings } warnings
}
publish-not-valid = Not valid: { $violations ->
    [one] 1 violation
   *[other] { $violations } violations
} of { $files } shape files{ $warnings ->
    [0] {""}
    [one] , 1 warning
   *[other] , { $warnings } warnings
}
publish-about-turtle = The whole project as one graph that people can also read: OntoLex-Lemon entries, texts, times, and who said so.
publish-about-jsonld = The same graph for programs that speak JSON.
publish-about-rdfxml = The same graph for older tools.
publish-about-ntriples = The same graph, one statement a line: for large stores and for comparing versions.
publish-about-trig = The same graph, with what models proposed kept apart from what people said.
publish-about-eaf = Tiers and annotations for ELAN, and what was measured as curves. One file a session.
publish-about-textgrid = Tiers with times for Praat. One file a session.
publish-about-flextext = Words, morphs and glosses for FLEx.
publish-about-lift = The lexicon for FLEx, WeSay and others.
publish-about-sfm = The lexicon with backslash markers, for Toolbox and printing tools.
publish-about-toolbox = Interlinear texts with backslash markers, for Toolbox.
publish-about-json = Everything there is; reading it back gives an equal project.
publish-about-csv = A table of words and glosses for spreadsheets and statistics.
publish-about-exb = Transcriptions for EXMARaLDA. One file a session.
publish-about-chat = Transcripts for CLAN and TalkBank. One file a session.
publish-about-conllu = Sentences and words, one word a line, for treebanks and taggers.
publish-about-xigt = Interlinear texts as aligned tiers, for Xigt and ODIN tools.
publish-about-saymore = Sessions and people as SayMore and lameta keep them. Recordings are named, not copied.
publish-about-imdi = Metadata of each session for The Language Archive and others. Recordings are named, not copied.
publish-about-cmdi = Metadata for CLARIN repositories. Recordings are named, not copied.
publish-about-ro-crate = Metadata as Linked Data for PARADISEC, LDaCA and others. Recordings are named, not copied.
publish-about-cldf = Tables with their metadata, as Glottobank and Dictionaria publish them.
publish-about-parquet = Typed tables for R, Python and databases, one file a table.
publish-about-hf-dataset = Texts and lexicon with a dataset card, split by session, ready for a model hub.
publish-about-xlsx = The same tables as CSV, in one workbook.
publish-about-html = One page with texts and dictionary that opens in any browser, offline.
publish-about-latex = Numbered glossed examples (gb4e) to paste into a paper.
publish-about-text = Aligned interlinear text that any editor shows.
publish-about-srt = Subtitles for video players. One file a session.
publish-about-vtt = Captions for the web, with speakers. One file a session.
publish-about-labels = A label track for Audacity. One file a session.
