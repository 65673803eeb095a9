//! What is known of each published network: for its card, for lists, and for what it can be used on.

/// What a network is used on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Every face of a frame that is looked at.
    Face,
    /// Two frames of a face: where a quick movement begins and where it is strongest.
    FacePair,
    /// A body followed over time.
    Body,
    /// Stretches of speech.
    Speech,
    /// A small picture; which, its card must say.
    Picture,
}

/// What is known of a network.
#[derive(Clone, Copy, Debug)]
pub struct NetworkFacts {
    /// As commands name it.
    pub name: &'static str,
    pub title: &'static str,
    pub task: &'static str,
    /// Authors and place of publication.
    pub paper: &'static str,
    pub trained_on: &'static str,
    /// Where an official checkpoint is published, by name.
    pub published: &'static str,
    /// Licence of the official code; that of the weights is for their publisher to say.
    pub code_licence: &'static str,
    pub limits: &'static str,
    pub subject: Subject,
    /// Its classes, where a card usually need not say them.
    pub labels: &'static [&'static str],
}

/// How many similar tokens a network can merge in each of its blocks, and how many it usually would; `None` for one that
/// has none to merge. Windows of the Swin networks have 49 tokens, CCT has 256; half of them can go at most.
pub fn merging(name: &str) -> Option<(u32, u32)> {
    match name {
        "facexformer" | "swinface" => Some((24, 12)),
        "cct_7_3x1_32" => Some((128, 32)),
        _ => None,
    }
}

/// The facts of a network by name.
pub fn facts(name: &str) -> Option<&'static NetworkFacts> {
    FACTS.iter().find(|facts| facts.name == name)
}

/// Every network that can be added.
pub const FACTS: [NetworkFacts; 7] = [
    NetworkFacts {
        name: "facexformer",
        title: "FaceXFormer",
        task: "Parsing, 68 landmarks, head pose, visibility and attributes of a face",
        paper: "Narayan, VS, Chellappa and Patel, FaceXFormer: A unified transformer for facial analysis (2024)",
        trained_on: "CelebAMask-HQ, LaPa, 300W, COFW, 300W-LP, CelebA, UTKFace, FairFace and others, as the paper says",
        published: "the repository kartiknarayan/facexformer on Hugging Face, file ckpts/model.pt",
        code_licence: "MIT",
        limits: "Trained on photographs of celebrities and news: hands before the face, paint, masks and poor light mislead it. What it says about race is never asked for here, and about age and sex only when you ask",
        subject: Subject::Face,
        labels: &[],
    },
    NetworkFacts {
        name: "swinface",
        title: "SwinFace",
        task: "Expression and attributes of an aligned face",
        paper: "Qin, Wang, Deng, Wang and Zhang, SwinFace: A multi-task transformer for face recognition, expression recognition, age estimation and attribute estimation (IEEE TCSVT 2023)",
        trained_on: "MS-Celeb-1M, RAF-DB and AffectNet, CelebA, and sets of ages, as the paper says",
        published: "the repository lxq1000/SwinFace on GitHub, whose README names the file checkpoint_step_79999_gpu_0.pt",
        code_licence: "MIT",
        limits: "Posed and photographed expressions: it names what a face resembles, not what somebody feels. Its face print is not used",
        subject: Subject::Face,
        labels: &[],
    },
    NetworkFacts {
        name: "htnet",
        title: "HTNet",
        task: "Micro-expressions from the optical flow between onset and apex",
        paper: "Wang, Zhang, Shi and Yu, HTNet for micro-expression recognition (Neurocomputing 2024)",
        trained_on: "CASME II, SAMM, SMIC and CASME III, as the paper says",
        published: "the repository wangzhifengharrison/HTNet on GitHub",
        code_licence: "none stated",
        limits: "Trained on high-speed film of seated students under even light; at 25 frames a second most micro-expressions pass unseen. A guess to look at again, never a finding",
        subject: Subject::FacePair,
        labels: &super::htnet::LABELS,
    },
    NetworkFacts {
        name: "mixste",
        title: "MixSTE",
        task: "Body in three dimensions from its path in two",
        paper: "Zhang, Tu, Yang, Chen and Yuan, MixSTE: Seq2seq mixed spatio-temporal encoder for 3D human pose estimation in video (CVPR 2022), as published with HoT",
        trained_on: "Human3.6M: eleven actors in a studio, 50 frames a second",
        published: "the repository NationalGAILab/HoT on GitHub, folder checkpoint/pretrained",
        code_licence: "MIT; Human3.6M may be used for research only",
        limits: "Knows people who stand and walk in a studio: people who sit, who are half in the picture or whom others hide come out as if they stood. Depth is a guess from habit",
        subject: Subject::Body,
        labels: &[],
    },
    NetworkFacts {
        name: "hot_mixste",
        title: "HoT-MixSTE",
        task: "As MixSTE, with a third of the frames in the middle: quicker",
        paper: "Li, Liu, Liu, Wang, Cai and Sebe, Hourglass tokenizer for efficient transformer-based 3D human pose estimation (CVPR 2024)",
        trained_on: "Human3.6M: eleven actors in a studio, 50 frames a second",
        published: "the repository NationalGAILab/HoT on GitHub, folder checkpoint/pretrained",
        code_licence: "MIT; Human3.6M may be used for research only",
        limits: "As MixSTE; quick movements between the frames that are kept are smoothed away",
        subject: Subject::Body,
        labels: &[],
    },
    NetworkFacts {
        name: "cct_7_3x1_32",
        title: "CCT-7/3×1",
        task: "Small pictures into the classes it was trained for",
        paper: "Hassani, Walton, Shah, Abuduweili, Li and Shi, Escaping the big data paradigm with compact transformers (2021)",
        trained_on: "What its maker says: the published weights CIFAR-10 and CIFAR-100, none of them of people",
        published: "the repository SHI-Labs/Compact-Transformers on GitHub, which lists cct_7_3x1_32 checkpoints",
        code_licence: "Apache-2.0",
        limits: "Sees 32 × 32 pixels; knows only what it was trained on",
        subject: Subject::Picture,
        labels: &[],
    },
    NetworkFacts {
        name: "wav2small",
        title: "Wav2Small",
        task: "Arousal, dominance and valence of speech",
        paper: "Kounadis-Bastian and others, Wav2Small: Distilling Wav2Vec2 to 72K parameters for low-resource speech emotion recognition (2024)",
        trained_on: "MSP-Podcast: English podcasts, rated by listeners; distilled from larger networks",
        published: "the model audeering/wav2small on Hugging Face (its weights are for research, not for commerce)",
        code_licence: "as the model page says",
        limits: "How English listeners rate English voices: another language's intonation is heard as feeling. Compare one speaker with himself, never two speakers",
        subject: Subject::Speech,
        labels: &super::wav2small::NAMES,
    },
];
